// Keys that every page has. A page's own keys: one more file, named in its block "scripts".
"use strict";

(() => {
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      document.getElementById("help")?.showModal();
    } else if (event.key === "/") {
      const find = document.querySelector("[data-find]");
      if (!find) return;
      event.preventDefault();
      find.focus();
      find.select?.();
    }
  });

  // What went wrong with a part of a page is told where a screen reader hears it, and nothing on the page changes.
  document.addEventListener("htmx:responseError", (event) => {
    const found = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("h1");
    tell(found ? found.textContent : "That did not work; load the page again.");
  });
  document.addEventListener("htmx:sendError", () => tell("The program does not answer. Nothing was done."));

  function tell(text) {
    const notice = document.getElementById("notice");
    if (notice) notice.textContent = text;
  }
})();
