// button[data-copy="text"] puts the text on the clipboard and says so for a moment.
export function bind(button) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.textContent;
    button.textContent = button.dataset.copied ?? words;
    setTimeout(() => { button.textContent = words; }, 1500);
  });
}
