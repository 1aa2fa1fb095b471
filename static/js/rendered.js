"use strict";
// Raw or rendered: V changes between the output as it was sent and the output as it is meant to be read, which the
// server renders. And addresses out of a text: nothing opens before the person has seen where it leads.
window.reviewapp ??= {};
{
  const formOf = (desk) => desk.querySelector("[data-view]");
  let prefersRendered = document.querySelector(".desk [data-view]")?.dataset.prefers === "rendered";

  function draw(desk, isRendered) {
    for (const output of desk.querySelectorAll(".output")) output.classList.toggle("is-rendered", isRendered);
  }

  const isRendered = (desk) => desk.querySelector(".output.is-rendered") !== null;

  // Put the server's rendering beside each raw text; where the server cannot be asked, the raw text stays.
  async function fill(desk) {
    const outputs = [...desk.querySelectorAll(".output")];
    if (outputs.every((output) => output.querySelector("[data-rendered]"))) return true;
    const answer = await post(desk, "rendered");
    if (!answer?.ok) return false;
    const found = reviewapp.read(await answer.text()).querySelectorAll("[data-rendered]");
    outputs.forEach((output, n) => found[n] && output.querySelector("[data-output]").before(document.adoptNode(found[n])));
    return found.length === outputs.length;
  }

  async function post(desk, view) {
    const data = new FormData(formOf(desk));
    data.set("view", view);
    try {
      return await reviewapp.post(formOf(desk).action, data);
    } catch {
      return null; // no connection: what the page has is shown
    }
  }

  async function toggle(desk) {
    const wants = !isRendered(desk);
    const isThere = wants && desk.querySelector("[data-rendered]");
    if (wants && !isThere && !(await fill(desk))) return reviewapp.toastText(reviewapp.say("failed"));
    prefersRendered = wants;
    draw(desk, wants);
    if (!wants || isThere) await post(desk, wants ? "rendered" : "raw");
  }

  // Places are marked in the raw text.
  reviewapp.showRaw = (desk) => draw(desk, false);

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-view]")) return;
    event.preventDefault();
    toggle(event.target.closest(".desk"));
  });
  // An item that was rendered ahead before the person chose follows the choice.
  document.addEventListener("shown", async (event) => {
    const desk = event.target;
    if (!formOf(desk) || isRendered(desk) === prefersRendered) return;
    if (!prefersRendered || (await fill(desk))) draw(desk, prefersRendered);
  });

  // ---- addresses

  document.addEventListener("click", (event) => {
    const address = event.target.closest("[data-address]")?.dataset.address;
    const dialog = document.getElementById("leaving");
    if (event.target.closest("#leaving [data-open]")) dialog.close();
    if (!address || !dialog || !/^(https?|mailto):/i.test(address)) return;
    const url = new URL(address);
    dialog.querySelector("[data-host]").textContent = url.host || url.pathname;
    dialog.querySelector("[data-address-shown]").textContent = url.href;
    dialog.querySelector("[data-open]").href = url.href;
    dialog.showModal();
  });
}
