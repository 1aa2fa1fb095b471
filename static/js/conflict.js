"use strict";
// Two windows typed on one item: both versions are kept until the person chooses.
window.reviewapp ??= {};
{
  // Said beside the form: a dialog that opens by itself would swallow what is being typed.
  function tellConflict(item) {
    item.isInConflict = true;
    item.draft.stop();
    const compare = reviewapp.made("button", { className: "btn", type: "button" });
    compare.append(reviewapp.say("compare"));
    compare.addEventListener("click", async () => {
      item.isChoosing = true;
      await item.draft.resume(); // refused again, with both versions as they are now
      item.isChoosing = false;
    });
    reviewapp.tell(item, reviewapp.say("conflict"), { action: compare });
  }

  function showVersions(item, html) {
    const dialog = document.getElementById("draft-conflict");
    const found = reviewapp.read(html);
    dialog.replaceChildren(...[...found.body.children].map((child) => document.adoptNode(child)));
    item.draft.stop();
    dialog.onclick = (event) => {
      const choice = event.target.closest("[data-choose]");
      if (!choice) return;
      dialog.close();
      if (choice.dataset.choose === "theirs") {
        item.draft.discard();
        location.reload();
      } else keepMine(item, choice.dataset.revision);
    };
    dialog.showModal();
  }

  function keepMine(item, revision) {
    item.desk.querySelector("form").elements.revision.value = revision;
    item.isInConflict = false;
    reviewapp.clearSaid(item);
    item.draft.resume();
  }

  reviewapp.inConflict = (item, html) => (item.isChoosing ? showVersions(item, html) : tellConflict(item));
}
