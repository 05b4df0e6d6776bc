// The arrows that unfold a part of the sidebar have no text: name them for screen readers.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll(".has-children > details > summary")) {
    const part = arrow.closest("li").querySelector("a").textContent.trim();
    arrow.setAttribute("aria-label", `Pages of ${part}`);
  }
});

// Pictures that scroll within their box, as on a phone, can be reached and scrolled by keyboard.
window.addEventListener("load", () => {
  for (const box of document.querySelectorAll("figure.picture > div")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
