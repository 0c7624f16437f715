/// The style of pages, for narrow and wide windows, light and dark themes, and print.
enum PageStyle {
  static let text = """
    :root { color-scheme: light dark; \(Palette.properties(Palette.light)) }
    @media (prefers-color-scheme: dark) { :root { \(Palette.properties(Palette.dark)) } }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--back); color: var(--text); overflow-wrap: break-word;
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
    }
    main { max-width: 1180px; margin: 0 auto; padding: 20px 24px 60px; }
    h1 { font-size: 24px; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 18px; margin: 32px 0 10px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
    p { margin: 6px 0; }
    code, del, ins, .step-name, .value, .lines td {
      font-family: ui-monospace, "SF Mono", Menlo, "Liberation Mono", monospace;
    }
    code { font-size: .9em; background: color-mix(in srgb, var(--border) 14%, transparent); border-radius: 3px; padding: 1px 2px; }
    summary code, li code { background: none; }
    .faint { color: var(--faint); }
    .skip { position: absolute; left: -9999px; }
    .skip:focus { left: 8px; top: 8px; background: var(--box); padding: 8px; }
    :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; border-radius: 4px; }
    .dangers { border: 1px solid var(--red); border-left-width: 6px; border-radius: 6px; padding: 8px 16px; margin: 16px 0; }
    .dangers h2 { border: 0; margin: 4px 0; color: var(--red); font-size: 16px; }
    .dangers ul { margin: 4px 0; padding-left: 20px; }
    .dangers b { color: var(--red); }
    .bar { display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0; align-items: center; }
    button, input[type=search] {
      font: inherit; font-size: 14px; color: var(--text); background: var(--box);
      border: 1px solid var(--border); border-radius: 6px; padding: 4px 12px; min-height: 34px;
    }
    button { cursor: pointer; }
    button:disabled { cursor: default; color: var(--faint); border-color: var(--line); }
    button[aria-pressed=true] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); font-weight: 600; }
    input[type=search] { min-width: 200px; flex: 1; }
    details { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; background: var(--back); }
    summary { cursor: pointer; padding: 8px 12px; background: var(--box); border-radius: 6px; overflow-wrap: anywhere; }
    details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; }
    details > p, details > ul { margin: 8px 14px; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { text-align: left; font-weight: 600; color: var(--faint); font-size: 12px; }
    th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
    tr:last-child td { border-bottom: 0; }
    td { overflow-wrap: normal; }
    td:first-child { white-space: nowrap; width: 1px; }
    .changes td:nth-child(3), .changes td:nth-child(4) { min-width: 15ch; }
    .word, .arguments code { display: inline-block; max-width: 100%; }
    .nowrap, .changes td:last-child { white-space: nowrap; }
    .facts td:nth-child(2) { width: 100%; }
    .lines { font-size: 12.5px; }
    .lines td { border: 0; padding: 0 8px; white-space: pre-wrap; }
    .lines td:nth-child(-n+3) { width: 1px; white-space: nowrap; text-align: right; color: var(--faint); user-select: none; }
    .lines td:nth-child(3) { padding: 0 2px; font-weight: 700; }
    .lines .old td:nth-child(n+3) { color: var(--red); }
    .lines .new td:nth-child(n+3) { color: var(--green); }
    .lines .gap td { color: var(--faint); padding: 4px 8px; }
    ins { color: var(--green); text-decoration: none; }
    del { color: var(--red); text-decoration: none; }
    mark { background: color-mix(in srgb, currentColor 18%, transparent); color: inherit; border-radius: 3px; }
    .sign { font-weight: 700; }
    .sign.added { color: var(--green); } .sign.removed { color: var(--red); } .sign.changed { color: var(--yellow); }
    .tag { display: inline-block; border: 1px solid currentColor; border-radius: 10px; padding: 0 8px; font: 12px/18px system-ui, "Liberation Sans", sans-serif; white-space: nowrap; margin: 1px 2px; }
    .security { color: var(--red); } .data { color: var(--blue); } .new-cluster { color: var(--purple); }
    .cost { color: var(--yellow); } .cosmetic { color: var(--faint); }
    .from { color: var(--faint); font-size: 12px; }
    .hidden { display: none; }
    [hidden] { display: none !important; }
    @media (max-width: 700px) {
      main { padding: 12px; }
      h1 { font-size: 20px; }
      .lines td { padding: 0 4px; }
      .changes td:last-child { white-space: normal; }
      .changes td:nth-child(3), .changes td:nth-child(4) { min-width: 18ch; }
    }
    @media print {
      :root { color-scheme: light; \(Palette.properties(Palette.light)) }
      .bar, .skip, .from-keys { display: none; }
      main { max-width: none; padding: 0; }
      tr, .dangers { break-inside: avoid; }
    }
    """
}
