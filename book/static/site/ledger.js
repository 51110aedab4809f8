// The ledger: search and filters. Without this script the whole table is there.
(function () {
  const form = document.getElementById("ledger-filter");
  const table = document.getElementById("ledger");
  const rows = Array.from(table.tBodies);
  const status = form.querySelector("[role=status]");
  const facets = Array.from(form.querySelectorAll("select"));
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
    let shown = 0;
    rows.forEach(function (row, place) {
      row.hidden = !fits(row, place, words);
      shown += row.hidden ? 0 : 1;
    });
    const all = rows.length.toLocaleString("en");
    status.textContent =
      shown === rows.length ? all + " claims" : shown.toLocaleString("en") + " of " + all + " claims";
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
    waiting = setTimeout(filter, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter, 0));
  form.hidden = false;
  filter();
  window.addEventListener("hashchange", goToClaim);
  goToClaim();
})();
