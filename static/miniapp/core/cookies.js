// @ts-check
/** What the server knows with the next page (chat/views.py). */

/** @param {string} name @param {string} value @param {number} days it is kept */
export function setCookie(name, value, days) {
  // inside Telegram Web the page is a foreign frame
  const framed = location.protocol === "https:" ? "; SameSite=None; Secure" : "";
  document.cookie = `${name}=${value}; path=/app/; max-age=${days * 86_400}${framed}`;
}
