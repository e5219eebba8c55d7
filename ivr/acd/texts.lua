--[[
The text that a caller gets when the official could not be reached: one for a call at most, within the caps of the
network, and what became of it. It is sent at most once: of a request that may have been carried out, nobody knows.
Its helpers are used here.
]]

local text_hangs

do
  local DAY_MS = 24 * 3600 * 1000
  local QUEUED_MS = 10 * 60 * 1000 -- within which a worker takes it, and a gateway that is busy has time for it
  local SENDING_MS = 90 * 1000 -- within which that worker has said what became of it
  local REPORT_MS = 30 * 60 * 1000 -- within which the network says whether it arrived, if it says so at all

  -- Whether the caps allow one more: to this number a day, of these very words, and to everybody a day. `day` names it.
  local function is_capped(number, words, day)
    local sent = key('texted', number)
    redis.call('ZREMRANGEBYSCORE', sent, '-inf', NOW - DAY_MS)
    local list, same = redis.call('ZRANGE', sent, 0, -1), 0
    for _, one_sent in ipairs(list) do
      if string.match(one_sent, ' (.*)$') == words then same = same + 1 end
    end
    if #list >= rule('texts_a_number') then return 'number' end
    if same >= rule('texts_alike') then return 'alike' end
    if (tonumber(redis.call('GET', key('texts_of', day))) or 0) >= rule('texts_a_day') then return 'day' end
    return ''
  end

  -- The text of this id is to be sent, once.
  local function put(id, number, line, words, day)
    if redis.call('EXISTS', key('text', id)) == 1 then return 'ALREADY', '' end
    local cap = is_capped(number, words, day)
    if cap ~= '' then return 'NO', cap end
    local facts = { 'to', number, 'line', line, 'words', words, 'written', NOW }
    if not happen_to('text', 'write_text', id, line, facts) then return 'ALREADY', '' end
    redis.call('ZADD', key('texted', number), NOW, id .. ' ' .. words)
    redis.call('PEXPIRE', key('texted', number), DAY_MS)
    redis.call('INCR', key('texts_of', day))
    redis.call('PEXPIRE', key('texts_of', day), 2 * DAY_MS)
    due('text', id, NOW + QUEUED_MS)
    errand('text', id)
    return 'OK', ''
  end

  -- A text is to be sent to the caller of this call. Answers { word, which cap forbids it }.
  local function write_text(sid, number, line, words, day)
    if one(of_call(sid, 'arrived')) == '' then return { 'GONE', '' } end
    local word, cap = put(sid, number, line, words, day)
    if word == 'OK' then redis.call('HSET', call_key(sid), 'text', words, 'text_state', 'queued') end
    return { word, cap }
  end

  local WITH = { official = 'reminded', office = 'office', duty = 'duty' } -- the state in which a stage is told

  -- Whoever is now to act on a promise is told by text; or it is noted why not. Once for each stage, and not of a
  -- promise that was kept, or has gone further, meanwhile. Answers { word, why not }.
  local function tell_of_promise(sid, stage, number, line, words, day, why_not)
    local p = redis.call('HMGET', key('promise', sid), 'state', 'told_' .. stage)
    if p[2] then return { 'ALREADY', '' } end
    if not p[1] or p[1] ~= WITH[stage] then return { 'GONE', '' } end
    local word, cap = 'NO', ''
    if why_not == '' then word, cap = put(sid .. '-' .. stage, number, line, words, day) end
    if cap ~= '' then why_not = 'capped' end
    redis.call('HSET', key('promise', sid), 'told_' .. stage, word == 'OK' and 'queued' or why_not)
    return { word, why_not }
  end

  -- What became of a text is told to whatever it was about: a promise, or a call.
  local function tell_owner(id, state)
    local promised, stage = string.match(id, '^(.+)%-(%a+)$')
    if promised then return redis.call('HSET', key('promise', promised), 'told_' .. stage, state) end
    if one(of_call(id, 'arrived')) ~= '' then redis.call('HSET', call_key(id), 'text_state', state) end
  end

  -- A worker takes it to the gateway. Answers { word, number, words }; exactly one is told OK.
  local function send_text(sid)
    if not happen_to('text', 'send_text', sid, nil, { 'taken', NOW }) then return { 'GONE', '', '' } end
    due('text', sid, NOW + SENDING_MS)
    local t = redis.call('HMGET', key('text', sid), 'to', 'words')
    return { 'OK', t[1], t[2] }
  end

  local BECOMES = { queued = 'put_back_text', sent = 'accept_text', delivered = 'deliver_text',
                    undelivered = 'lose_text', refused = 'refuse_text', unsure = 'doubt_text',
                    unreported = 'miss_report' }
  local DID_NOT_ARRIVE = { undelivered = true, refused = true, unsure = true, unreported = true }

  -- Texts that stop arriving are noticed by nobody but who counts them: how many in a row, each once whatever else is
  -- said of it later.
  local function count_arrivals(sid, state, code)
    if state == 'delivered' then redis.call('DEL', key('texts_failing')) end
    if not DID_NOT_ARRIVE[state] or redis.call('HSETNX', key('text', sid), 'counted', 1) == 0 then return end
    redis.call('HINCRBY', key('texts_failing'), 'failed', 1)
    redis.call('HSET', key('texts_failing'), 'why', state .. ' ' .. code, 'at', NOW)
  end

  -- What the gateway says became of it, in whatever order.
  local function text_is(sid, state, code)
    if not happen_to('text', BECOMES[state], sid, nil, { 'code', code }) then return { 'ALREADY' } end
    not_due('text', sid)
    if state == 'queued' then due('text', sid, tonumber(redis.call('HGET', key('text', sid), 'written')) + QUEUED_MS) end
    if state == 'sent' then due('text', sid, NOW + REPORT_MS) end
    count_arrivals(sid, state, code)
    tell_owner(sid, state)
    return { 'OK' }
  end

  local HANGS = { queued = 'refused', sending = 'unsure', sent = 'unreported' }

  -- Nobody took it, or whoever did has not said what became of it, or the network has not.
  function text_hangs(sid)
    local becomes = HANGS[redis.call('HGET', key('text', sid), 'state') or '']
    if becomes then text_is(sid, becomes, 'late') end
  end

  register('write_text', write_text)
  register('tell_of_promise', tell_of_promise)
  register('send_text', send_text)
  register('text_is', text_is)
end
