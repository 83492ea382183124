/**
 * The attribute comes three times, so that no ordinary rule of the page wins. Contrast: every text
 * has at least 4.5 to its ground, every border of a button 3.
 */
const root = '[data-act-on-token-devtools]'.repeat(3);

export const style: string = `
${root}, ${root} :where(:not(svg, svg *)) { all: revert; box-sizing: border-box; }
${root} {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f3f5f7; --text: #1b2128; --quiet: #57606a; --line: #d5dae0;
  --edge: #7b8590; --focus: #0550ae; --state: #57606a; --failed: #a40e26;
  position: static; font: 13px/1.45 system-ui, sans-serif; color: var(--text); text-align: left;
}
${root}[data-status=authorized] { --state: #116329; }
${root}[data-status=refreshing] { --state: #0550ae; }
${root}[data-status=expired] { --state: #a40e26; }
@media (prefers-color-scheme: dark) {
  ${root} {
    --ground: #151a21; --raised: #1f262e; --text: #e8edf2; --quiet: #9aa4af; --line: #313a44;
    --edge: #717b86; --focus: #7cc0ff; --state: #9aa4af; --failed: #ff8b8e;
  }
  ${root}[data-status=authorized] { --state: #56d364; }
  ${root}[data-status=refreshing] { --state: #7cc0ff; }
  ${root}[data-status=expired] { --state: #ff8b8e; }
}
${root} [hidden] { display: none; }
${root} :where(h2, h3, p, ol, dl, dd) { margin: 0; padding: 0; }
${root} :where(ol) { list-style: none; }
${root} button {
  font: inherit; font-weight: 600; color: var(--text); background: var(--raised);
  border: 1px solid var(--edge); border-radius: 7px; padding: 5px 12px; min-height: 32px; cursor: pointer;
}
${root} button:hover { border-color: var(--text); }
${root} button[aria-disabled=true] { cursor: default; border-style: dashed; border-color: var(--edge); color: var(--quiet); }
${root} :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
${root} h2:focus { outline: none; }
${root} [data-part=opener] {
  position: fixed; z-index: 2147483646; right: 16px; bottom: 16px; display: flex; align-items: center; gap: 8px;
  background: var(--ground); border-radius: 999px; padding: 7px 14px; box-shadow: 0 2px 10px #0003;
}
${root} [data-part=dot] { width: 10px; height: 10px; border-radius: 50%; background: var(--state); }
${root} [data-part=hidden] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
${root} [role=dialog] {
  position: fixed; z-index: 2147483646; right: 16px; bottom: 16px; width: 420px; max-height: min(760px, calc(100vh - 32px));
  display: flex; flex-direction: column; background: var(--ground); border: 1px solid var(--line);
  border-radius: 12px; box-shadow: 0 8px 30px #0004; overflow: hidden;
}
${root} header {
  display: flex; justify-content: space-between; align-items: center; gap: 8px; padding: 12px 14px 10px 16px;
  border-bottom: 1px solid var(--line);
}
${root} h2 { font-size: 15px; font-weight: 700; }
${root} header p { color: var(--quiet); }
${root} [data-part=close] { padding: 0; width: 32px; display: grid; place-items: center; background: none; border-color: transparent; }
${root} [data-part=content] { overflow: auto; padding: 14px 16px 16px; outline-offset: -2px; }
${root} [data-part=states] { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px; }
${root} [data-part=states] li {
  text-align: center; padding: 4px 2px; border-radius: 7px; border: 1px solid var(--line); color: var(--quiet);
}
${root} [data-part=states] [aria-current] {
  color: var(--state); border: 2px solid var(--state); padding: 3px 1px; font-weight: 700;
}
${root} [data-part=life] { height: 4px; margin-top: 10px; border-radius: 2px; background: var(--line); overflow: hidden; }
${root} [data-part=life] i { display: block; height: 100%; background: var(--state); transition: width 1s linear; }
${root} [data-part=actions] { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
${root} [data-part=actions] p { flex-basis: 100%; color: var(--quiet); overflow-wrap: anywhere; }
${root} [data-part=actions] p:empty { display: none; }
${root} [data-failed=true] { color: var(--failed) !important; }
${root} [data-part=part] { margin-top: 16px; }
${root} [data-part=title] { display: flex; justify-content: space-between; align-items: center; min-height: 26px; margin-bottom: 4px; }
${root} h3 { font-size: 11px; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); }
${root} [data-part=clear] { min-height: 26px; padding: 1px 10px; font-size: 12px; }
${root} dl > div { display: grid; grid-template-columns: 150px 1fr; gap: 8px; padding: 2px 0; border-top: 1px solid var(--line); }
${root} dt { color: var(--quiet); }
${root} dd, ${root} [data-part=events] span { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
${root} [data-part=events] li { display: grid; grid-template-columns: 64px 1fr; padding: 3px 0; border-top: 1px solid var(--line); }
${root} time { color: var(--quiet); font-variant-numeric: tabular-nums; }
@media (max-width: 480px) {
  ${root} [role=dialog] { left: 0; right: 0; bottom: 0; width: auto; max-height: 80vh; border-radius: 12px 12px 0 0; }
  ${root} [data-part=opener] { right: 12px; bottom: 12px; min-height: 44px; }
  ${root} [data-part=actions] button { min-height: 44px; }
  ${root} [data-part=close] { width: 44px; min-height: 44px; }
  ${root} [data-part=states] li { font-size: 12px; }
  ${root} dl > div { grid-template-columns: 120px 1fr; }
}
@media (prefers-reduced-motion: reduce) {
  ${root}, ${root} :where(*) { transition: none !important; animation: none !important; }
}
@media (forced-colors: active) {
  ${root} [data-part=states] [aria-current] { outline: 2px solid; }
  ${root} [data-part=dot], ${root} [data-part=life] i { forced-color-adjust: none; }
}
@media print { ${root} { display: none; } }
`;
