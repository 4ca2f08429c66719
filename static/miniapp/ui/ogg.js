// @ts-check
/**
 * From WebM to Ogg, without coding the sound anew: Chromium records Opus in WebM only, Telegram takes it as a voice
 * message in Ogg only. Pure: bytes in, bytes out (RFC 3533, RFC 7845).
 */

const SERIAL = 0x6465736b;
const PAGE_SECONDS = 1;
const RATE = 48_000; // Opus counts in it, whatever was recorded

/** Elements of WebM that hold others; of all others only these two matter. */
const MASTERS = [0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]; // segment, cluster, tracks, track, group of blocks
const HEAD = 0x63a2; // the codec's description, for Opus the head of its stream
const BLOCKS = [0xa3, 0xa1];

/** @param {Uint8Array} webm one track of Opus @returns {Uint8Array | null} null where it is something else */
export function toOgg(webm) {
  const { head, packets } = read(webm);
  if (!head || !packets.length) return null;
  const tags = new TextEncoder().encode("OpusTags\x04\0\0\0desk\0\0\0\0");
  const pages = [page([head], 0, 2, 0), page([tags], 1, 0, 0)];
  let samples = 0;
  /** @type {Uint8Array[]} */
  let waiting = [];
  let since = 0;
  let segments = 0;
  packets.forEach((packet, place) => {
    const needed = Math.floor(packet.length / 255) + 1;
    if (segments + needed > 255 || samples - since >= PAGE_SECONDS * RATE) {
      pages.push(page(waiting, pages.length, 0, samples));
      [waiting, since, segments] = [[], samples, 0];
    }
    waiting.push(packet);
    segments += needed;
    samples += samplesOf(packet);
    if (place === packets.length - 1) pages.push(page(waiting, pages.length, 4, samples));
  });
  return joined(pages);
}

/** @param {Uint8Array} webm */
function read(webm) {
  /** @type {Uint8Array | null} */
  let head = null;
  /** @type {Uint8Array[]} */
  const packets = [];
  for (let at = 0; at < webm.length;) {
    const id = number(webm, at, true);
    const size = number(webm, at + id.length, false);
    const begin = at + id.length + size.length;
    const end = begin + size.value;
    if (id.value === HEAD) head = webm.slice(begin, end);
    // behind the number of the track: two bytes of time, one of flags
    if (BLOCKS.includes(id.value)) packets.push(webm.slice(begin + number(webm, begin, false).length + 3, end));
    at = MASTERS.includes(id.value) ? begin : end;
  }
  return { head, packets: packets.filter((packet) => packet.length) };
}

/** A number whose first byte says how long it is. @param {Uint8Array} bytes @param {number} at @param {boolean} marked with that mark, as names of elements are */
function number(bytes, at, marked) {
  const length = Math.clz32(bytes[at] || 1) - 23;
  let value = marked ? bytes[at] : bytes[at] & (0xff >> length);
  for (let next = 1; next < length; next++) value = value * 256 + (bytes[at + next] ?? 0);
  return { length, value };
}

/** How long a packet plays, by its first byte. @param {Uint8Array} packet */
function samplesOf([first, second = 0]) {
  const kind = first >> 3;
  const silk = kind < 12 ? [10, 20, 40, 60] : [10, 20, 10, 20];
  const milliseconds = kind < 16 ? silk[kind & 3] : [2.5, 5, 10, 20][kind & 3];
  const frames = [1, 2, 2, second & 63][first & 3];
  return frames * milliseconds * RATE / 1000;
}

/** @param {Uint8Array[]} packets @param {number} sequence @param {number} flags @param {number} samples up to its end */
function page(packets, sequence, flags, samples) {
  const lacing = packets.flatMap(({ length }) => [...Array(Math.floor(length / 255)).fill(255), length % 255]);
  const bytes = joined([new Uint8Array(27), new Uint8Array(lacing), ...packets]);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OggS"));
  view.setUint8(5, flags);
  view.setUint32(6, samples, true); // ten minutes are far from the upper half
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, sequence, true);
  view.setUint8(26, lacing.length);
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

/** @param {Uint8Array} bytes */
function checksum(bytes) {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
