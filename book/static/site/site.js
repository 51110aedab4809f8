// Boxes that scroll sideways can be reached and named with the keyboard; others stay out of the way.
(function () {
  const BOXES = "div.cell_output .output, .pst-scrollable-table-container, pre, mjx-container[display]";

  function label(box, number) {
    const formula = box.matches("mjx-container") && "Wide formula";
    const table = box.querySelector("table") && "Wide table";
    return (formula || table || "Wide content") + " " + number + ", scrolls sideways";
  }

  function mark() {
    document.querySelectorAll("article " + BOXES.split(", ").join(", article ")).forEach(
      function (box, index) {
        const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
        if (scrolls && getComputedStyle(box).overflowX !== "visible") {
          box.setAttribute("tabindex", "0");
          box.setAttribute("role", "region");
          box.setAttribute("aria-label", label(box, index + 1));
        } else if (box.getAttribute("role") === "region") {
          ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
        }
      }
    );
  }

  let waiting = null;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(mark, 100);
  }

  window.addEventListener("load", function () {
    mark();
    if (window.MathJax && window.MathJax.startup) {
      window.MathJax.startup.promise.then(mark);
    }
  });
  window.addEventListener("resize", later);
  document.addEventListener("toggle", later, true);
})();
