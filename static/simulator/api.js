// @ts-check
/** The control API, seen from the page: everything lies below this page's own address. */

export class ControlError extends Error {}

/** @param {Response} response */
async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ControlError(answer.error ?? String(response.status));
  return answer;
}

/** @param {string} path @param {Record<string, string | number>} [query] @param {AbortSignal} [signal] */
export async function get(path, query = {}, signal) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return read(await fetch(`control/${path}?${search}`, { signal }));
}

/** @param {string} path @param {object} [values] */
export async function post(path, values = {}) {
  const headers = { "Content-Type": "application/json" };
  return read(await fetch(`control/${path}`, { method: "POST", headers, body: JSON.stringify(values) }));
}

/** @param {string} path @param {Record<string, string | number>} [query] */
export async function remove(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return read(await fetch(`control/${path}?${search}`, { method: "DELETE" }));
}

/** @param {number} userId @param {"photo" | "document" | "voice" | "video" | "audio"} kind @param {File[]} files @param {Record<string, string | number>} more */
export async function sendFiles(userId, kind, files, more) {
  const form = new FormData();
  form.set("kind", kind);
  for (const [name, value] of Object.entries(more)) form.set(name, String(value));
  for (const file of files) form.append("file", file);
  return read(await fetch(`control/users/${userId}/files`, { method: "POST", body: form }));
}

/** @param {string} fileId */
export const fileUrl = (fileId) => `files/${encodeURIComponent(fileId)}`;
