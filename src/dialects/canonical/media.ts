import type { MediaPart, MediaSource } from './request.ts';

const DATA_URL = /^data:([^;,]*)(?:;[^,]*)?,/;

/** A URL or `data:` URL as a source; data that is not base64 is made so. */
export function sourceOfUrl(url: string, mime?: string): MediaSource {
  if (!url.startsWith('data:')) return mime === undefined ? { from: 'url', url } : { from: 'url', url, mime };
  const head = DATA_URL.exec(url.slice(0, 300))?.[0] ?? 'data:,';
  const type = DATA_URL.exec(head)?.[1] || mime || 'application/octet-stream';
  const data = url.slice(head.length);
  if (head.includes(';base64')) return { from: 'inline', mime: type, data };
  return { from: 'inline', mime: type, data: Buffer.from(decodeURIComponent(data)).toString('base64') };
}

export function dataUrl(mime: string, data: string): string {
  return `data:${mime};base64,${data}`;
}

/** An inline or linked source as a URL. */
export function urlOf(source: MediaSource): string {
  if (source.from === 'url') return source.url;
  if (source.from === 'inline') return dataUrl(source.mime, source.data);
  return dataUrl('text/plain', Buffer.from(source.text).toString('base64'));
}

export function kindOfMime(mime: string): MediaPart['kind'] {
  const family = mime.slice(0, mime.indexOf('/'));
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

const BY_ENDING: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
};

/** The type that a URL's ending promises. */
export function mimeOfUrl(url: string, fallback: string): string {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return BY_ENDING[ending] ?? fallback;
}

/** A plain-text document as a text, under its title. */
export function documentText(name: string | undefined, text: string): string {
  return name === undefined ? text : `${name}\n\n${text}`;
}
