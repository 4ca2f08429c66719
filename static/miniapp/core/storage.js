// @ts-check
/**
 * What outlives the page. Storage may be forbidden (inside Telegram Web we are a foreign frame) or full: then things last
 * as long as the page does.
 */

/** @param {() => Storage} open @param {(key: string) => string} nameOf */
function place(open, nameOf) {
  /** @type {Map<string, any>} */
  const memory = new Map();
  return {
    /** @param {string} key @returns {any} null where there is nothing */
    get(key) {
      try {
        return memory.get(key) ?? JSON.parse(open().getItem(nameOf(key)) ?? "null");
      } catch {
        return null;
      }
    },
    /** Whether it outlives the page. @param {string} key @param {any} value null removes it @returns {boolean} */
    set(key, value) {
      memory.delete(key); // another tab may change what is stored
      try {
        if (value === null) open().removeItem(nameOf(key));
        else open().setItem(nameOf(key), JSON.stringify(value));
        return true;
      } catch {
        if (value !== null) memory.set(key, value);
        return false;
      }
    },
    /** @param {string} prefix */
    keys(prefix) {
      try {
        return Object.keys(open()).filter((key) => key.startsWith(prefix));
      } catch {
        return [...memory.keys()].filter((key) => key.startsWith(prefix));
      }
    },
  };
}

/** As long as the tab. The frames of one page (the simulator's) share it, but not their name. */
export const inTab = place(() => sessionStorage, (key) => `${key}:${self.name}`);

/** As long as the browser keeps it. */
export const inBrowser = place(() => localStorage, (key) => key);
