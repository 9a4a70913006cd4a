// The sign-in pages: caps lock is told, a password can be looked at, passkeys are asked for. Words come from the page.

for (const button of document.querySelectorAll("[data-shows]")) {
  const input = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

const caps = document.querySelector("[data-caps]");
if (caps) {
  const tell = (event) => {
    if (event.target.type !== "password" || !event.getModifierState) return;
    caps.textContent = event.getModifierState("CapsLock") ? caps.dataset.caps : "";
  };
  document.addEventListener("keydown", tell);
  document.addEventListener("keyup", tell);
}

const toBytes = (text) => {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (c) => c.charCodeAt(0));
};
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function described(list) {
  return (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));
}

async function made(options, passwordless) {
  const publicKey = structuredClone(options.publicKey);
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.user.id = toBytes(publicKey.user.id);
  publicKey.excludeCredentials = described(publicKey.excludeCredentials);
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: passwordless ? "required" : "discouraged",
    requireResidentKey: passwordless,
    ...(passwordless ? { userVerification: "required" } : {}),
  };
  const found = await navigator.credentials.create({ publicKey });
  return {
    id: found.id, rawId: toText(found.rawId), type: found.type,
    authenticatorAttachment: found.authenticatorAttachment ?? undefined,
    clientExtensionResults: found.getClientExtensionResults(),
    response: { clientDataJSON: toText(found.response.clientDataJSON), attestationObject: toText(found.response.attestationObject) },
  };
}

async function got(options) {
  const publicKey = structuredClone(options.publicKey);
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.allowCredentials = described(publicKey.allowCredentials);
  const found = await navigator.credentials.get({ publicKey });
  return {
    id: found.id, rawId: toText(found.rawId), type: found.type,
    authenticatorAttachment: found.authenticatorAttachment ?? undefined,
    clientExtensionResults: found.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(found.response.clientDataJSON), authenticatorData: toText(found.response.authenticatorData),
      signature: toText(found.response.signature), userHandle: found.response.userHandle ? toText(found.response.userHandle) : null,
    },
  };
}

// a passkey belongs to a name, never to a number such as 127.0.0.1
const can = "PublicKeyCredential" in window && Boolean(navigator.credentials) && !/^([\d.]+|\[.*\])$/.test(location.hostname);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector(".field-error");
  const tell = (text) => { trouble.textContent = text; trouble.hidden = false; };
  if (can) form.hidden = false;
  else if (form.dataset.cannot) tell(form.dataset.cannot);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!can) { if (form.dataset.cannot) tell(form.dataset.cannot); return; }
    trouble.hidden = true;
    try {
      let options;
      if (form.dataset.json) options = JSON.parse(document.getElementById(form.dataset.json).textContent);
      else {
        const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        options = (await answer.json()).request_options;
      }
      const credential = form.dataset.passkey === "create" ? await made(options, form.elements.passwordless.checked) : await got(options);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      tell(form.dataset.failed);
    }
  });
}

// the set-up: more pages ask again how far the demonstration is
const wait = document.querySelector("[data-reload]");
if (wait) setTimeout(() => location.reload(), Number(wait.dataset.reload) * 1000);
