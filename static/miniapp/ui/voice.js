// @ts-check
/** What of a browser's recordings Telegram takes as a voice message. */

/** The best first: as it is, what can be put into it (ui/ogg.js), what Safari has. */
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** Undefined where this browser cannot record. */
export const voiceType = () =>
  "mediaDevices" in navigator && "MediaRecorder" in window
    ? TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    : undefined;
