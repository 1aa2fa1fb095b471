"use strict";
// Talking with the server: forms as the browser would send them, fragments as documents of their own.
window.reviewapp ??= {};
{
  const AS_SCRIPT = { "HX-Request": "true" };

  reviewapp.get = (url) => fetch(url, { headers: AS_SCRIPT });

  reviewapp.post = (url, data, { keepalive = false } = {}) =>
    fetch(url, { method: "POST", body: new URLSearchParams(data), headers: AS_SCRIPT, keepalive });

  // What every post about an item needs, and nothing of what was typed.
  reviewapp.claimOf = (form) =>
    new URLSearchParams({
      token: form.elements.token.value,
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
    });

  // Parsed as a document of its own: nothing in it runs or loads.
  reviewapp.parse = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html");
    const take = (selector) => document.adoptNode(found.querySelector(selector) ?? document.createElement("i"));
    return {
      bar: take(".item-bar"),
      desk: take(".desk"),
      toast: found.querySelector(".toast") && take(".toast"),
      refusal: found.querySelector("[data-refusal]")?.textContent,
      isChoice: found.querySelector("[data-choose]") !== null,
    };
  };
}
