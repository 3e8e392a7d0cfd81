const field = document.getElementById("filter");

field?.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const row of document.querySelectorAll("tr")) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
  }
});
