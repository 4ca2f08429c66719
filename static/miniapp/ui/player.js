// @ts-check
/** Voice, music and films of a conversation. One plays at a time; what has left the page falls silent. */
import { clone, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";

const SPEEDS = [1, 1.5, 2];
const STEPS = 1000;

/** @typedef {{id: string, url: string, duration: number | null, kind: string, poster: string, source: (url: string) => Promise<string>}} Media */

/** What plays now. @type {HTMLMediaElement | null} */
let playing = null;
let speed = 1;

/** @param {HTMLMediaElement} media */
function onlyThis(media) {
  if (playing !== media) playing?.pause();
  playing = media;
}

/** "0:05". @param {number} seconds */
function clockOf(seconds) {
  const whole = Math.max(0, Math.floor(seconds) || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Begins, or goes on from where it stood; the address is fetched anew, since its token ends. @param {HTMLMediaElement} media @param {Media} file */
async function play(media, file) {
  onlyThis(media);
  try {
    if (!media.src || media.error) {
      const at = media.currentTime;
      media.src = await file.source(file.url);
      media.currentTime = at;
    }
    if (playing === media) await media.play();
  } catch (error) {
    // another one has been started meanwhile: no failure
    if (/** @type {Error} */ (error).name !== "AbortError") toast(t("media_failed"));
  }
}

/** A line with a button, the position and the speed. @param {Media} file @returns {Desk.Clone} */
export function createPlayer(file) {
  const view = clone("player");
  const { play: button, position, speed: speedButton } = view.refs;
  const audio = new Audio();
  audio.preload = "none";
  const draw = () => drawPlayer(view, audio, file);
  for (const type of ["play", "pause", "ended", "loadedmetadata", "seeked"]) audio.addEventListener(type, draw);
  audio.addEventListener("timeupdate", () => view.node.isConnected ? draw() : audio.pause());
  button.addEventListener("click", () => audio.paused ? play(audio, file) : audio.pause());
  position.addEventListener("input", () => {
    const length = lengthOf(audio, file);
    if (length) audio.currentTime = length * position.value / STEPS;
    draw();
  });
  speedButton.addEventListener("click", () => {
    speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
    draw();
  });
  draw();
  return view;
}

/** Seconds; recordings of browsers do not know theirs. @param {HTMLMediaElement} audio @param {Media} file */
const lengthOf = (audio, file) => Number.isFinite(audio.duration) ? audio.duration : file.duration ?? 0;

/** @param {Desk.Clone} view @param {HTMLAudioElement} audio @param {Media} file */
function drawPlayer({ refs }, audio, file) {
  const length = lengthOf(audio, file);
  audio.playbackRate = speed;
  refs.playUse.setAttribute("href", audio.paused ? "#i-play" : "#i-pause");
  refs.play.setAttribute("aria-label", t(audio.paused ? "play" : "pause"));
  const begun = !audio.paused || audio.currentTime > 0;
  const shown = begun ? clockOf(audio.currentTime) : length ? clockOf(length) : "";
  setText(refs.time, shown);
  refs.position.value = String(length ? Math.round(STEPS * audio.currentTime / length) : 0);
  refs.position.setAttribute(
    "aria-valuetext",
    t("position_of", { now: clockOf(audio.currentTime), all: clockOf(length) }),
  );
  setText(refs.speed, `${speed}×`);
  refs.speed.setAttribute("aria-label", t("speed_of", { speed }));
}

/** A film behind its play button: nothing of it is loaded before. @param {Media} file @returns {Desk.Clone} */
export function createVideo(file) {
  const view = clone("video");
  const { video, play: button, duration } = view.refs;
  const round = file.kind === "video_note";
  view.node.classList.toggle("is-round", round);
  if (file.poster) file.source(file.poster).then((url) => video.poster = url);
  if (file.kind === "animation") video.loop = video.muted = true;
  setText(duration, file.duration ? clockOf(file.duration) : "");
  button.addEventListener("click", () => video.paused ? play(video, file) : video.pause());
  video.addEventListener("play", () => {
    onlyThis(video);
    // a round one has no room for the browser's own buttons
    video.controls = !round;
    button.hidden = !round;
    duration.hidden = true;
  });
  const draw = () => {
    button.classList.toggle("is-playing", !video.paused);
    button.setAttribute("aria-label", t(video.paused ? "play_video" : "pause"));
  };
  for (const type of ["play", "pause", "ended"]) video.addEventListener(type, draw);
  video.addEventListener("error", () => {
    video.controls = button.hidden = false;
  });
  draw();
  return view;
}
