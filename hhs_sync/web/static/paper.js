// The three sums of a paper EOB, shown as one types. What counts is the reader's check when the form is sent.
"use strict";

const form = document.getElementById("paper");

// An amount as people write it, in whole cents; null where it is none.
function cents(text) {
  const bare = text.trim().replace(/[$,\s]/g, "");
  if (bare === "") return 0;
  if (!/^[+-]?(\d+(\.\d{0,2})?|\.\d{1,2})$/.test(bare)) return null;
  return Math.round(Number(bare) * 100);
}

// The sum of adjustments such as "CO-45 80.00; PR-3 10.00"; null where one of them cannot be read.
function adjusted(text) {
  let sum = 0;
  for (const one of text.split(";").map((part) => part.trim()).filter(Boolean)) {
    const found = /^(CO|PR|OA|PI|CR)[\s-]*([A-Z]?\d{1,3})[\s:=]+(\S+)$/i.exec(one);
    const amount = found ? cents(found[3]) : null;
    if (amount === null) return null;
    sum += amount;
  }
  return sum;
}

function shown(amount) {
  const whole = Math.floor(Math.abs(amount) / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return (amount < 0 ? "-" : "") + whole + "." + String(Math.abs(amount) % 100).padStart(2, "0");
}

function tell(element, holds, text) {
  element.textContent = text === "" ? "" : (holds === null ? "" : holds ? "✓ " : "✗ ") + text;
  element.classList.toggle("holds", holds === true);
  element.classList.toggle("fails", holds === false);
}

function read(row) {
  const value = (name) => row.querySelector(`[name=row_${name}]`).value;
  return {
    kind: value("kind"), claim: value("claim_number"), isEmpty: !["claim_number", "charge", "paid", "adjustments", "reference"].some((name) => value(name).trim()),
    charge: cents(value("charge")), paid: cents(value("paid")), adjusted: adjusted(value("adjustments")),
  };
}

function update() {
  const claims = new Map();
  let linesHold = true, anyLine = false, readable = true, paid = 0, kept = 0;
  for (const element of form.querySelectorAll("[data-row]")) {
    const row = read(element), sum = element.querySelector("[data-sum]");
    if (row.isEmpty) { tell(sum, null, ""); continue; }
    if (row.charge === null || row.paid === null || row.adjusted === null) {
      readable = false;
      tell(sum, false, "an amount or an adjustment cannot be read");
      continue;
    }
    if (row.kind === "provider") { kept += row.paid; tell(sum, null, ""); continue; }
    const claim = claims.get(row.claim) || { charge: 0, adjusted: 0, paid: 0, whole: null };
    if (row.kind === "claim") {
      claim.whole = row;
      claim.adjusted += row.adjusted;
      tell(sum, null, "");
    } else {
      const off = row.paid - (row.charge - row.adjusted);
      anyLine = true;
      linesHold = linesHold && off === 0;
      claim.charge += row.charge; claim.adjusted += row.adjusted; claim.paid += row.paid;
      tell(sum, off === 0, `${shown(row.charge)} less ${shown(row.adjusted)} is ${shown(row.charge - row.adjusted)}` + (off === 0 ? "" : `, not ${shown(row.paid)}: off by ${shown(off)}`));
    }
    claims.set(row.claim, claim);
  }
  let claimsHold = true;
  for (const claim of claims.values()) {
    const charge = claim.whole ? claim.whole.charge : claim.charge;
    const pays = claim.whole ? claim.whole.paid : claim.paid;
    claimsHold = claimsHold && pays === charge - claim.adjusted;
    paid += pays;
  }
  const total = cents(form.querySelector("[data-total]").value);
  const told = (name) => form.querySelector(`[data-equation=${name}]`);
  const begun = claims.size > 0 || kept !== 0;
  tell(told("line"), anyLine ? linesHold && readable : null, "Each line: charge less adjustments is what it pays.");
  tell(told("claim"), claims.size ? claimsHold && readable : null, "Each claim: charge less all adjustments is what it pays.");
  tell(told("payment"), begun && total !== null ? readable && total === paid - kept : null,
    `The payment: claims ${shown(paid)} less ${shown(kept)} kept is ${shown(paid - kept)}` + (begun && total !== null && total !== paid - kept ? `, not ${shown(total)}.` : "."));
}

form.addEventListener("input", update);
update();
