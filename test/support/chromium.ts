/** Debian's headless Chromium. */
import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import type { Test } from 'tap';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why tests that need a browser are skipped; false where there is one. */
export const NO_CHROMIUM: string | false = find() === undefined ? 'needs the Debian package chromium' : false;

function find(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: find() ?? 'chromium',
    headless: true,
    args: FLAGS,
  });
  t.teardown(() => browser.close());
  return browser;
}
