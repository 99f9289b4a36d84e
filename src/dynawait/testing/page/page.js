"use strict";
const silence = document.getElementById("silence");
const controls = document.getElementById("controls");
let looking = false;

async function look() {
  if (looking || document.hidden) return;
  looking = true;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["facts", "tables", "calls"]) {
      const now = document.getElementById(id);
      const then = fresh.getElementById(id);
      if (now.outerHTML !== then.outerHTML) now.replaceWith(then);
    }
    silence.hidden = true;
  } catch (error) {
    silence.hidden = false;
  } finally {
    looking = false;
  }
}

controls.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  try {
    await fetch("/_dynawait/" + button.dataset.command, { method: "POST", body: button.dataset.body });
  } catch (error) {
    silence.hidden = false;
  }
  look();
});

controls.hidden = false;
document.addEventListener("visibilitychange", look);
setInterval(look, 1000);
