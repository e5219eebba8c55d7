// One request of a page of 管理. A refusal comes back with the sentence that the server wrote for people.

const PATIENCE = 20_000; // milliseconds; a recording is converted meanwhile

export async function reach(method, address, body) {
  const request = { method, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body instanceof Blob) request.body = body;
  else if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  try {
    return await fetch(address, request);
  } catch {
    throw new Error("服务器没有应答，请稍候再试；您填写的内容还在");
  }
}

/** `{detail, fields}` of a refusal, whoever answered it. */
export async function reason(answer) {
  const text = await answer.text();
  try {
    const { detail, title, fields } = JSON.parse(text);
    return { detail: detail ?? title, fields };
  } catch {
    return { detail: `服务器拒绝了这个请求（${answer.status}）` }; // a proxy's page, not our problem+json
  }
}
