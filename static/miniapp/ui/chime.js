// @ts-check
/** A short sound of two notes, made here: nothing is loaded for it. */

const NOTES_HZ = [660, 880];
const NOTE_SECONDS = 0.14;
const VOLUME = 0.12;

/** @type {AudioContext | null} */
let context = null;

/** Browsers want a press before the first sound. */
export function unlock() {
  context ??= new AudioContext();
  context.resume();
}

/** Whether a sound would be heard: silent until `unlock` was pressed for. */
export const isUnlocked = () => context?.state === "running";

export function chime() {
  if (!context || !isUnlocked()) return;
  const volume = context.createGain();
  volume.gain.value = VOLUME;
  volume.connect(context.destination);
  NOTES_HZ.forEach((pitch, place) => {
    const note = /** @type {AudioContext} */ (context).createOscillator();
    const begin = /** @type {AudioContext} */ (context).currentTime + place * NOTE_SECONDS;
    note.frequency.value = pitch;
    note.connect(volume);
    note.start(begin);
    note.stop(begin + NOTE_SECONDS);
  });
}
