/**
 * What the benchmarks ask of a page (tests/benchmarks/browser): moments in milliseconds of `performance.now()`. A moment
 * "painted" is the task after the frame that holds the change: style, layout and painting have run in this thread.
 */
(() => {
  const nativeFrame = globalThis.requestAnimationFrame.bind(globalThis);
  const NativeSocket = globalThis.WebSocket;
  const nativeText = Response.prototype.text;
  let inFrame = false;

  /** Runs as a task of its own, after what this one still paints. @param {() => void} run */
  function afterwards(run) {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port2.close();
      run();
    };
    port1.postMessage(null);
  }

  globalThis.requestAnimationFrame = (run) =>
    nativeFrame((time) => {
      if (!inFrame) afterwards(() => inFrame = false);
      inFrame = true;
      run(time);
    });

  const bench = globalThis.bench = {
    keys: [], // from each key to its paint
    answers: [], // [address, moment] of each answer that was read
    longTasks: [],
    sockets: [],

    painted: () =>
      new Promise((done) => {
        const paint = () => afterwards(() => done(performance.now()));
        if (inFrame) paint();
        else nativeFrame(paint);
      }),

    /** The moment at which what `condition` asks for is painted; after half a minute it is given up. @param {() => unknown} condition */
    async until(condition) {
      if (!condition()) {
        await new Promise((done, fail) => {
          const observer = new MutationObserver(() => {
            if (!condition()) return;
            observer.disconnect();
            done(null);
          });
          setTimeout(() => fail(new Error(`it did not happen: ${condition}`)), 30_000);
          observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        });
      }
      return await bench.painted();
    },

    /** How long it takes from a press to what comes of it, and the moment of that. @param {string} selector @param {string} result a condition */
    async press(selector, result) {
      const begun = performance.now();
      document.querySelector(selector).click();
      const ended = await bench.until(new Function(`return ${result}`));
      return [ended - begun, ended];
    },

    /** Frames as if they came by the socket, in one task; until they are painted. @param {object[]} frames */
    async receive(frames) {
      const begun = performance.now();
      const socket = bench.sockets.at(-1);
      for (const frame of frames) socket.onmessage({ data: JSON.stringify(frame) });
      return await bench.painted() - begun;
    },

    /**
     * Scrolls by `step` pixels in each frame; the lengths of the frames, and how far anything on the screen moved by
     * anything but that; without `rows` nobody looks at that.
     * @param {string} selector @param {number} step @param {string} rows @param {string} end a condition
     */
    async scroll(selector, step, rows, end, limit = 600) {
      const scroller = document.querySelector(selector);
      const isOver = new Function(`return ${end}`);
      const frames = [];
      let shift = 0, kept = null, place = 0, before = 0;
      const next = () => new Promise(nativeFrame);
      for (let count = 0; count < limit && !isOver(); count++) {
        const now = await next();
        if (before) frames.push(now - before);
        before = now;
        if (kept?.isConnected) {
          shift = Math.max(shift, Math.abs(kept.getBoundingClientRect().top - place));
        }
        scroller.scrollTop += step;
        kept = rows && (document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest(rows) ?? null);
        place = kept ? kept.getBoundingClientRect().top : 0;
      }
      return { frames, shift };
    },

    /**
     * From now on: for how long at most a place of the scroller that is in sight lay without a row, from the turn of the
     * wheel that led there to the painted frame in which it has one. Returns what tells it.
     * @param {string} selector @param {string} rows
     */
    watchBlanks(selector, rows) {
      const scroller = document.querySelector(selector);
      const { left, top, width, height } = scroller.getBoundingClientRect();
      const places = [0.02, 0.25, 0.5, 0.75, 0.98].map((share) => top + share * height);
      const isFull = () =>
        places.every((y) => document.elementsFromPoint(left + width / 2, y).some((one) => one.closest(rows)));
      let turned = 0, blank = 0, longest = 0;
      scroller.addEventListener("wheel", ({ timeStamp }) => turned ||= timeStamp, { passive: true });
      scroller.addEventListener("scroll", () => blank ||= turned || performance.now());
      const look = () => {
        const now = performance.now();
        if (blank && isFull()) {
          longest = Math.max(longest, now - blank);
          turned = blank = 0;
        }
        nativeFrame(() => afterwards(look));
      };
      look();
      return () => blank ? Math.max(longest, performance.now() - blank) : longest;
    },
  };

  globalThis.WebSocket = class extends NativeSocket {
    constructor(...how) {
      super(...how);
      bench.sockets.push(this);
    }
  };
  Response.prototype.text = async function () {
    const text = await nativeText.call(this);
    bench.answers.push([this.url, performance.now()]);
    return text;
  };
  addEventListener("keydown", ({ timeStamp }) => {
    bench.painted().then((moment) => bench.keys.push(moment - timeStamp));
  }, { capture: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.longTasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
})();
