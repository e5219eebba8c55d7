--[[
What can be seen of the queue: one desk, the board, and whether the books agree with themselves. The last chapter of
the library that acd.lua begins; its helpers are used here.
]]

do
  -- A hash, by name; and as it is kept, each name before its value.
  local function fields(where)
    local flat, record = redis.call('HGETALL', where), {}
    for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
    return record, flat
  end

  local function notice_shown(id)
    local seen, n = {}, fields(key('notice', id))
    for name in pairs(n) do seen[#seen + 1] = string.match(name, '^seen:(.+)$') end
    return { id = id, to = n.to, by = n.by, kind = n.kind, text = n.text, at = n.at, ['until'] = n['until'], seen = seen }
  end

  -- Supervisors in a talk, or on their way into it.
  local function listeners_of(ears)
    local list = {}
    for i, id in ipairs(words(ears)) do
      local o = of_operator(id, 'ear', 'ear_mode', 'ear_tuned')
      list[i] = { id = id, ear = o[1], mode = o[2], tuned = o[3] or '' }
    end
    return list
  end

  -- What this desk is told, and has not acknowledged.
  local function notices_at(operator)
    local list = {}
    for _, id in ipairs(redis.call('ZRANGE', key('notices'), 0, -1)) do
      local n = redis.call('HMGET', key('notice', id), 'to', 'seen:' .. operator)
      if (n[1] == operator or n[1] == '*') and not n[2] then list[#list + 1] = notice_shown(id) end
    end
    return list
  end

  -- How often this caller has rung since then; not how often we rang them.
  local function rang(caller, since)
    if (caller or '') == '' then return 0 end
    local n = 0
    for _, sid in ipairs(redis.call('ZRANGE', key('calls:caller', caller), since, '+inf', 'BYSCORE')) do
      if not is_back(sid) then n = n + 1 end
    end
    return n
  end

  local AT_A_DESK = { 'line', 'intent', 'presence', 'help', 'ear' }

  -- What one desk shows: { the operator, how many wait for them, their call, how often its caller has rung since then, what
  -- they are told, who listens, the newest event }. Of the first and the third the fields as they are kept; lists of what is rare as JSON.
  local function desk(operator, since)
    local known, o = fields(operator_key(operator))
    local waiting, sid = 0, known.call or ''
    for _, part in ipairs(AT_A_DESK) do
      if not known[part] then o[#o + 1], o[#o + 2] = part, AT_FIRST[part] end
    end
    for _, queue in ipairs(served(operator, known.queues or '')) do
      waiting = waiting + redis.call('ZCARD', key('waiting', queue.name))
    end
    local notices = notices_at(operator)
    local newest = redis.call('XREVRANGE', key('events'), '+', '-', 'COUNT', 1)[1]
    local shown = { o, waiting, {}, 0, #notices > 0 and cjson.encode(notices) or '', '', newest and newest[1] or '' }
    if sid ~= '' then
      local c, call = fields(call_key(sid))
      shown[3], shown[4] = call, rang(c.caller, since)
      if (c.ears or '') ~= '' then shown[6] = cjson.encode(listeners_of(c.ears)) end
    end
    return shown
  end

  -- Since when whoever has waited longest in this line does: of each priority only the first can be it.
  local function longest_in(line)
    local since
    for priority = 0, TOP do
      local from = (TOP - priority) * 1e13
      local first = redis.call('ZRANGE', line, string.format('%.0f', from), string.format('(%.0f', from + 1e13), 'BYSCORE',
                               'LIMIT', 0, 1)
      local queued = first[1] and tonumber(one(of_call(first[1], 'queued')))
      if queued and queued < (since or NOW + 1) then since = queued end
    end
    return since
  end

  local function caller_shown(sid)
    local c = of_call(sid, 'line', 'caller', 'queue', 'priority', 'queued', 'joined', 'state', 'sealed')
    return { sid = sid, line = c[1], caller = c[2], queue = c[3], priority = c[4], queued = c[5], joined = c[6],
             state = c[7], sealed = c[8] }
  end

  local function queue_shown(queue, top)
    local line = key('waiting', queue)
    local waiting = redis.call('ZCARD', line)
    local shown = { waiting = waiting, on_shift = redis.call('SCARD', key('on_shift', queue)),
                    idle = redis.call('ZCARD', key('idle', queue)), first = {} }
    if waiting > 0 then shown.longest = longest_in(line) end
    local list = top > 0 and redis.call('ZRANGE', line, 0, top - 1) or {}
    for i, sid in ipairs(list) do shown.first[i] = caller_shown(sid) end
    return shown
  end

  -- What the wallboard shows: each of these queues with the first `top` of its callers, and every operator on shift.
  local function board(queues, top)
    local shown = { live = redis.call('ZCARD', key('live')), waiting = 0, on_shift = 0, queues = {}, operators = {}, notices = {} }
    for _, queue in ipairs(words(queues)) do
      shown.queues[queue] = queue_shown(queue, tonumber(top))
      shown.waiting = shown.waiting + shown.queues[queue].waiting
    end
    for _, id in ipairs(redis.call('SMEMBERS', key('operators'))) do
      local o = of_operator(id, 'presence', 'line')
      if o[1] == 'on' then shown.on_shift = shown.on_shift + 1 end
      if (o[1] or 'off') ~= 'off' or (o[2] or 'idle') ~= 'idle' then
        local seat = fields(operator_key(id))
        seat.id = id
        if seat.call then
          seat.caller = caller_shown(seat.call)
          seat.listeners = listeners_of(one(of_call(seat.call, 'ears')))
        end
        shown.operators[#shown.operators + 1] = seat
      end
    end
    for i, id in ipairs(redis.call('ZRANGE', key('notices'), 0, -1)) do shown.notices[i] = notice_shown(id) end
    return cjson.encode(shown)
  end

  -- Rebuild what is derived (lines, idle and shift sets, deadlines) from the calls and the operators themselves, and say
  -- what was wrong. With 'look' nothing is changed.
  local DEADLINE_OF = { offered = 'offer', connecting = 'join', calling = 'call' }
  local HOLDS = { offered = true, connecting = true, calling = true, talking = true }

  local function is_in(set, member) return redis.call('ZSCORE', key(set), member) end

  -- Who is on hold, and who is called into a talk, has a moment at which somebody looks after them; and a colleague who
  -- was brought in knows it.
  local function reconcile_company(sid, mend)
    local c = of_call(sid, 'guest', 'guest_kind', 'guest_who', 'hold', 'tape')
    local is_colleague = c[1] and c[1] ~= 'none' and c[2] == 'operator'
    if is_colleague and of_operator(c[3], 'call')[1] ~= sid then
      mend('guest_gone', sid, function() guest_goes(sid, 'left') end)
    elseif c[1] == 'ringing' and not is_in('due', 'guest:' .. sid) then
      mend('no_deadline', sid, function() due('guest', sid, NOW) end)
    end
    if c[4] == 'on' and not is_in('due', 'hold:' .. sid) then
      mend('no_deadline', sid, function() due('hold', sid, NOW) end)
    end
    if c[5] == 'paused' and not is_in('due', 'tape:' .. sid) then
      mend('no_deadline', sid, function() due('tape', sid, NOW) end)
    end
  end

  local function reconcile_call(sid, mend)
    local c = of_call(sid, 'state', 'operator')
    local state, in_line = c[1] or 'ended', false
    for _, queue in ipairs(lines_of(sid)) do in_line = in_line or redis.call('ZSCORE', key('waiting', queue), sid) end
    if state == 'ended' then
      mend('not_live', sid, function() if is_back(sid) then settle_back(sid) else redis.call('ZREM', key('live'), sid) end end)
    elseif state == 'waiting' and not in_line then
      mend('not_in_line', sid, function() put_in_line(sid); match_call(sid) end)
    elseif state ~= 'waiting' and in_line then
      mend('still_in_line', sid, function() take_out_of_line(sid) end)
    end
    if state == 'ringing' and not is_in('due', 'ringing:' .. sid) then
      mend('no_deadline', sid, function() due('ringing', sid, NOW) end)
    end
    local o = of_operator(c[2] or '', 'line', 'call')
    if DEADLINE_OF[state] and (o[1] ~= state or o[2] ~= sid) then
      mend('nobody_has', sid, function()
        happen('rescue', sid)
        not_due(DEADLINE_OF[state], sid)
        back_in_line(sid)
      end)
    elseif DEADLINE_OF[state] and not is_in('due', DEADLINE_OF[state] .. ':' .. sid) then
      mend('no_deadline', sid, function() due(DEADLINE_OF[state], sid, NOW) end)
    end
    reconcile_company(sid, mend)
  end

  -- A call-back is asked for again when its time comes, and not kept for ever.
  local function reconcile_back(back, mend)
    local state = one(of_call(back, 'state'))
    if state == 'later' and not is_in('due', 'back:' .. back) then
      mend('no_deadline', back, function() due('back', back, NOW) end)
    end
    if state ~= 'ended' and not is_in('due', 'age:' .. back) then
      mend('no_deadline', back, function() due('age', back, of_call(back, 'arrived')[1] + rule('callback_days') * 86400000) end)
    end
    reconcile_call(back, mend)
  end

  -- Whether the operator stands where their own fields say they should, among the idle and on the shift.
  local function is_settled(operator)
    local o = of_operator(operator, 'presence', 'intent', 'line', 'rest_until', 'ear')
    local idle = o[1] == 'on' and o[2] == 'ready' and (o[3] or 'idle') == 'idle' and (tonumber(o[4]) or 0) <= NOW
      and (o[5] or 'none') == 'none'
    for _, queue in ipairs(served(operator)) do
      if (redis.call('ZSCORE', key('idle', queue.name), operator) and true or false) ~= idle then return false end
      if (redis.call('SISMEMBER', key('on_shift', queue.name), operator) == 1) ~= (o[1] == 'on') then return false end
    end
    return true
  end

  local function takes_part(operator, sid)
    local c = of_call(sid, 'operator', 'guest', 'guest_who')
    return c[1] == operator or (c[3] == operator and c[2] and c[2] ~= 'none')
  end

  -- Nobody listens to what is no talk, and no phone is waited for without end.
  local function reconcile_ears(sid, mend)
    local c = of_call(sid, 'ears', 'state')
    for _, supervisor in ipairs(words(c[1])) do
      local coming = one(of_operator(supervisor, 'ear')) == 'coming'
      if c[2] ~= 'talking' then
        mend('still_listens', supervisor, function() nobody_listens(sid) end)
      elseif coming and not is_in('due', 'ear:' .. supervisor) then
        mend('no_deadline', supervisor, function() due('ear', supervisor, NOW) end)
      end
    end
  end

  local function reconcile_notices(mend)
    for _, id in ipairs(redis.call('ZRANGE', key('notices'), 0, -1)) do
      if not is_in('due', 'notice:' .. id) then mend('no_deadline', id, function() due('notice', id, NOW) end) end
    end
  end

  -- Whoever is in a dial test is in one that knows it, and not without end.
  local function reconcile_desk_probe(operator, mend)
    if not desk_probe.is_known(operator) then
      mend('alone', operator, function() desk_probe.leave(operator) end)
    elseif not is_in('due', 'test:' .. operator) then
      mend('no_deadline', operator, function() due('test', operator, NOW) end)
    end
  end

  local function reconcile_operator(operator, mend)
    local o = of_operator(operator, 'line', 'call', 'presence', 'rest_until', 'probe')
    local line = o[1] or 'idle'
    local listed = is_in(is_back(o[2] or '') and 'backs' or 'live', o[2] or '')
    if o[5] then
      reconcile_desk_probe(operator, mend)
    elseif HOLDS[line] and not (listed and takes_part(operator, o[2])) then
      mend('alone', operator, function()
        happen('heal', nil, operator)
        idle_again(operator, 0)
      end)
    elseif line == 'wrap_up' and not is_in('due', 'wrap_up:' .. operator) then
      mend('no_deadline', operator, function() due('wrap_up', operator, NOW) end)
    end
    if o[3] == 'on' and not is_in('due', 'lease:' .. operator) then
      mend('no_lease', operator, function() due('lease', operator, NOW) end)
    end
    if (tonumber(o[4]) or 0) > NOW and o[3] == 'on' and not is_in('due', 'rest:' .. operator) then
      mend('no_rest', operator, function() due('rest', operator, o[4]) end)
    end
    if one(of_operator(operator, 'help')) == 'asked' and not is_in('due', 'help:' .. operator) then
      mend('no_deadline', operator, function() due('help', operator, NOW) end)
    end
    if not is_settled(operator) then
      mend('not_settled', operator, function()
        if o[3] == 'on' then on_shift(operator) else off_shift(operator) end
        settle(operator)
      end)
    end
  end

  local function reconcile(mode, today)
    local wrong = {}
    cases.today = today
    local function mend(what, id, act)
      wrong[#wrong + 1] = what .. ' ' .. id
      if mode == 'mend' then act() end
    end
    for _, sid in ipairs(redis.call('ZRANGE', key('live'), 0, -1)) do
      reconcile_call(sid, mend)
      reconcile_ears(sid, mend)
    end
    for _, back in ipairs(redis.call('ZRANGE', key('backs'), 0, -1)) do
      reconcile_back(back, mend)
      reconcile_ears(back, mend)
    end
    reconcile_notices(mend)
    for _, operator in ipairs(redis.call('SMEMBERS', key('operators'))) do reconcile_operator(operator, mend) end
    reconcile_probes(mend)
    reconcile_promises(mend)
    cases.reconcile(mend)
    reconcile_hooks(mend)
    return wrong
  end

  -- The table itself, so that the chart in the documents and the words in Python are compared with the code.
  local function moves() return cjson.encode(MOVES) end

  -- Whoever shows a secret, in one look: what is kept under its digest, for how many seconds more, and the account that
  -- it names.
  local function behind(kind, digest, accounts)
    local shown = key(kind, digest)
    local found, id = redis.call('HGETALL', shown), redis.call('HGET', shown, 'id')
    return { found, redis.call('TTL', shown), id and redis.call('HGETALL', key(accounts, id)) or {} }
  end

  register('behind', behind, { 'no-writes' })
  register('reconcile', reconcile)
  register('desk', desk, { 'no-writes' })
  register('board', board, { 'no-writes' })
  register('moves', moves, { 'no-writes' })
end
