/**
 * Rendezvous hashing: of several names every key has one of its own, and when a name goes away only its keys move
 * (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005).
 */

/** 32 bits, FNV-1a over UTF-16 units with the finaliser of MurmurHash3, so that near keys lie far apart. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How much a key wants a name; the highest wins. @param weight shares keys in proportion; 0 wins none */
export function affinity(key: string, name: string, weight: number): number {
  if (weight <= 0) return 0;
  const uniform = (hash32(name, hash32(key)) + 0.5) / 2 ** 32;
  return -weight / Math.log(uniform);
}
