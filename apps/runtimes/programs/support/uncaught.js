/** Hears each error that nobody handles, where the host tells of it: `process` where there is one, else the page's event. */
export function onUncaught(hear) {
  const { process } = globalThis;
  if (process?.on) process.on("uncaughtException", hear);
  else
    addEventListener("error", (event) => {
      event.preventDefault();
      hear(event.error);
    });
}
