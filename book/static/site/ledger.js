// The ledger: search and filters. Without this script the whole table is there.
(function () {
  const form = document.getElementById("ledger-filter");
  const table = document.getElementById("ledger");
  const rows = Array.from(table.tBodies);
  const status = form.querySelector("[role=status]");
  const facets = Array.from(form.querySelectorAll("select"));
  const more = document.getElementById("ledger-more");
  const STEP = 60; // rows at a time: a phone takes seconds to lay out all of them
  let limit = STEP;
  let linked = null; // the row that an address names is shown wherever it stands
  const texts = rows.map((row) => (row.id + " " + row.textContent).toLowerCase());

  function fits(row, place, words) {
    return (
      words.every((word) => texts[place].includes(word)) &&
      facets.every((facet) => {
        const told = row.dataset[facet.name].split("|");
        return facet.value === "" || told.includes(facet.value);
      })
    );
  }

  function filter() {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let fitting = 0;
    let shown = 0;
    rows.forEach(function (row, place) {
      const fit = fits(row, place, words);
      fitting += fit ? 1 : 0;
      row.hidden = !fit || (fitting > limit && row !== linked);
      shown += row.hidden ? 0 : 1;
    });
    const all = rows.length.toLocaleString("en");
    const count = fitting.toLocaleString("en");
    const told = fitting === rows.length ? all + " claims" : count + " of " + all + " claims";
    status.textContent = shown < fitting ? told + ", " + shown + " shown" : told;
    more.hidden = shown >= fitting;
  }

  function filterAnew() {
    limit = STEP;
    filter();
  }

  // A link to one claim shows it and opens it, whatever was filtered.
  function goToClaim() {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      return; // no address of a claim
    }
    const row = document.getElementById(name);
    if (!row || !rows.includes(row)) {
      return;
    }
    linked = row;
    if (row.hidden) {
      filter();
    }
    if (row.hidden) {
      form.reset();
      filter();
    }
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "center" });
  }

  const asked = new URLSearchParams(location.search);
  facets.forEach(function (facet) {
    facet.value = asked.get(facet.name) || "";
    if (facet.selectedIndex < 0) {
      facet.value = "";
    }
  });
  form.words.value = asked.get("words") || "";
  let waiting = null;
  form.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(filterAnew, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filterAnew, 0));
  more.addEventListener("click", function (event) {
    limit += event.target.name === "all" ? rows.length : event.target.name === "step" ? STEP : 0;
    filter();
  });
  form.hidden = false;
  filter();
  window.addEventListener("hashchange", goToClaim);
  goToClaim();
})();
