/// The style of pages, for narrow and wide windows, light and dark themes, and print.
enum PageStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --back: #fff; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --box: #f6f8fa;
      --red: #b3202c; --green: #15692f; --yellow: #805b00; --blue: #0a5bc4; --purple: #6c3bc0;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --back: #0d1117; --text: #e6edf3; --faint: #9aa4af; --line: #3d444d; --box: #161b22;
        --red: #ff8f8a; --green: #5fd378; --yellow: #e3b341; --blue: #79b8ff; --purple: #c9a7ff;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--back); color: var(--text); overflow-wrap: break-word;
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
    }
    main { max-width: 1180px; margin: 0 auto; padding: 20px 24px 60px; }
    h1 { font-size: 24px; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 18px; margin: 32px 0 10px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
    p { margin: 6px 0; }
    code, td, .step-name { font-family: ui-monospace, "SF Mono", Menlo, "Liberation Mono", monospace; }
    code { font-size: 13px; overflow-wrap: anywhere; }
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
      border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; min-height: 34px;
    }
    button { cursor: pointer; }
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
    td { overflow-wrap: anywhere; min-width: 9ch; }
    td:first-child { min-width: 0; white-space: nowrap; overflow-wrap: normal; }
    .nowrap { white-space: nowrap; }
    ins { color: var(--green); text-decoration: none; }
    del { color: var(--red); text-decoration: none; }
    mark { background: color-mix(in srgb, currentColor 22%, transparent); color: inherit; border-radius: 3px; }
    .sign { font-weight: 700; }
    .sign.added { color: var(--green); } .sign.removed { color: var(--red); } .sign.changed { color: var(--yellow); }
    .tag { display: inline-block; border: 1px solid currentColor; border-radius: 10px; padding: 0 8px; font: 12px/18px system-ui, "Liberation Sans", sans-serif; white-space: nowrap; margin: 1px 2px; }
    .security { color: var(--red); } .data { color: var(--blue); } .new-cluster { color: var(--purple); }
    .cost { color: var(--yellow); } .cosmetic { color: var(--faint); }
    .from { color: var(--faint); font-size: 12px; }
    .hidden { display: none; }
    .flow { max-width: 100%; height: auto; font-family: system-ui, "Liberation Sans", sans-serif; }
    .flow text { fill: var(--text); font-size: 13px; }
    .flow .name { font-weight: 600; font-size: 14px; }
    .flow .step, .flow .location { font-size: 12px; fill: var(--faint); }
    .flow .step.added { fill: var(--green); } .flow .step.removed { fill: var(--red); } .flow .step.changed { fill: var(--yellow); }
    .flow rect { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
    .flow .changed > rect { stroke: var(--yellow); stroke-width: 2.5; }
    .flow .added > rect { stroke: var(--green); stroke-width: 2.5; }
    .flow .removed > rect { stroke: var(--red); stroke-width: 2.5; stroke-dasharray: 6 4; }
    .flow .off > rect, .flow .ephemeral > rect { stroke-dasharray: 4 4; }
    .flow .off { opacity: .65; }
    .flow .edge { fill: none; stroke-width: 1.6; opacity: .75; }
    .flow .edge:hover { stroke-width: 3.5; opacity: 1; }
    .flow .read { stroke: var(--blue); } .flow .write { stroke: var(--green); } .flow .delete { stroke: var(--red); stroke-dasharray: 5 4; }
    .flow .edge.added { stroke-width: 3.2; opacity: 1; } .flow .edge.removed { stroke-dasharray: 2 5; opacity: .9; stroke-width: 2.6; }
    .flow .head { stroke: none; } .flow .head.read { fill: var(--blue); } .flow .head.write { fill: var(--green); } .flow .head.delete { fill: var(--red); }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; }
    .legend span { white-space: nowrap; }
    .legend .read { color: var(--blue); } .legend .write { color: var(--green); } .legend .delete { color: var(--red); }
    @media (max-width: 700px) {
      main { padding: 12px; }
      h1 { font-size: 20px; }
      .flow { width: 980px; max-width: none; }
      table { min-width: 640px; }
    }
    @media print { .bar, .skip { display: none; } details { break-inside: avoid; } }
    """
}
