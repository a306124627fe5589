"use strict";
{
  const status = document.getElementById("status");

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // A page from a disk has no clipboard in some browsers, but for what is selected.
      const field = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  };

  for (const display of document.querySelectorAll(".display")) {
    const button = display.querySelector("button");
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const done = await copy(display.querySelector("annotation").textContent);
      button.focus();
      status.textContent = button.textContent = done ? status.dataset.done : status.dataset.failed;
      setTimeout(() => { status.textContent = ""; button.textContent = label; }, 2000);
    });
  }

  // Only what scrolls is a stop of the Tab key.
  const scrolls = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const region of document.querySelectorAll(".formula, .table, pre")) scrolls.observe(region);
}
