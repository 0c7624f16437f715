"""What each megabyte of the binary is, as a Markdown table."""

import components


def table(map_file, binary):
    used, own = components.linked(map_file)
    rows = [(each.bytes, each.name, each.row["what"]) for each in used]
    for name, size in own.items():
        what = {
            components.OWN: "its own modules",
            components.DATA: "pipelines, schemas, pages, data about EMR, and their snapshot",
            components.SHARED: "of all of these, each once",
        }[name]
        rows.append((size, name, what))
    rows.append((binary.stat().st_size - sum(row[0] for row in rows), "Alignment and headers", ""))
    rows.sort(key=lambda row: -row[0])
    lines = ["| MB | what | for |", "| ---: | --- | --- |"]
    lines += [f"| {size / 1e6:.2f} | {name} | {what} |" for size, name, what in rows]
    lines.append(f"| {binary.stat().st_size / 1e6:.2f} | **in all** | |")
    return "\n".join(lines)
