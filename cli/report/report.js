// Runs in the page of `mayfly report`: no libraries, no requests. What is filtered stands in the address, for links.
const table = document.querySelector('#jobs')
const body = table.tBodies[0]
const rows = [...body.rows]
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]))
const form = document.querySelector('#filter')
const count = document.querySelector('#count')

const show = () => {
  const wanted = Object.fromEntries(new FormData(form))
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const row of rows) {
    const fits = ['payer', 'type', 'status'].every((name) => !wanted[name] || row.dataset[name] === wanted[name])
    row.hidden = !(fits && words.every((word) => texts.get(row).includes(word)))
    if (!row.hidden) shown += 1
  }
  count.textContent = `${shown} of ${rows.length} files`
}

const remember = () => {
  const wanted = new URLSearchParams(new FormData(form))
  for (const [name, value] of [...wanted]) if (!value) wanted.delete(name)
  history.replaceState(null, '', `#${wanted}`)
}

const sortBy = (header) => {
  const column = header.cellIndex
  const down = header.getAttribute('aria-sort') === 'ascending'
  const cellValue = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent
  const numeric = header.dataset.column === 'number'
  const compare = (a, b) =>
    numeric ? Number(cellValue(a) || -1) - Number(cellValue(b) || -1) : cellValue(a).localeCompare(cellValue(b))
  for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort')
  header.setAttribute('aria-sort', down ? 'descending' : 'ascending')
  body.append(...rows.toSorted((a, b) => (down ? compare(b, a) : compare(a, b))))
}

for (const header of table.tHead.rows[0].cells)
  header.querySelector('button').addEventListener('click', () => sortBy(header))
form.addEventListener('input', () => {
  show()
  remember()
})
form.addEventListener('submit', (event) => event.preventDefault())
for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
  if (form.elements[name]) form.elements[name].value = value
show()
