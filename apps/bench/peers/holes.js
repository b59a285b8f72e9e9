// The same for all, as in `src/holes/story.ts`.
export const CLEANUP_MS = 20;
/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
