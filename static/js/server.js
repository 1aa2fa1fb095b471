"use strict";
// Talking with the server: forms as the browser would send them, fragments as documents of their own.
window.reviewapp ??= {};
{
  const AS_SCRIPT = { "HX-Request": "true" };
  reviewapp.MOST_KEPT_ALIVE = 60_000; // bytes that a browser still sends for a page that is gone

  reviewapp.get = (url) => fetch(url, { headers: AS_SCRIPT });

  reviewapp.post = async (url, data, { keepalive = false } = {}) => {
    const body = new URLSearchParams(data);
    const isKept = keepalive && String(body).length < reviewapp.MOST_KEPT_ALIVE;
    const send = () => fetch(url, { method: "POST", body, headers: AS_SCRIPT, keepalive: isKept });
    const answer = await send();
    // After a sign-in in another tab the tokens of this page are old; the refusal brings one that holds.
    const token = answer.status === 403 && answer.headers.get("X-CSRFToken");
    if (!token) return answer;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
    body.set("csrfmiddlewaretoken", token);
    return send();
  };

  // What every post about an item needs, and nothing of what was typed.
  reviewapp.claimOf = (form) =>
    new URLSearchParams({
      token: form.elements.token.value,
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
    });

  // A document of its own: nothing in it runs or loads. It is read as if there were no scripts, so what is
  // only for those who have none would be fields beside ours.
  reviewapp.read = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html");
    found.querySelectorAll("noscript").forEach((part) => part.remove());
    return found;
  };

  reviewapp.parse = (html) => {
    const found = reviewapp.read(html);
    const take = (selector) => document.adoptNode(found.querySelector(selector) ?? document.createElement("i"));
    return {
      bar: take(".item-bar"),
      desk: take(".desk"),
      toast: found.querySelector(".toast") && take(".toast"),
      told: found.querySelector(".told") && take(".told"),
      refusal: found.querySelector("[data-refusal]")?.textContent,
      isChoice: found.querySelector("[data-choose]") !== null,
    };
  };
}
