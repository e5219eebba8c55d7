--[[
The promise (会后联系您): opened once for a call, reminded of before it is due, handed on when it is overdue, and kept when
the caller was rung back or it was said what was done. One that nobody keeps becomes a case, in the same step. Its
helpers are used here, by its case and by the clock.
]]

local promise_is_due, keep_promise, settle_promise, reconcile_promises
local cases = {} -- what a promise asks of its case: the next chapter answers

do
  -- The moment at which somebody must act on a promise in this state, and the field that holds it.
  local NEXT = { open = 'remind_at', reminded = 'due_at', office = 'office_until', duty = 'duty_until' }
  local LATE = { office = 1, duty = 1, case = 1 }

  local function promise_key(sid) return key('promise', sid) end
  local function of_promise(sid, ...) return redis.call('HMGET', promise_key(sid), ...) end

  local function promised_key(line, caller) return key('promised', line .. ':' .. caller) end

  local function count(line, what) redis.call('HINCRBY', key('promise_counts'), line .. ':' .. what, 1) end

  local function wait_on(sid)
    local field = NEXT[one(of_promise(sid, 'state'))]
    if field then due('promise', sid, tonumber(one(of_promise(sid, field)))) end
  end

  -- In this call the caller was told that they would be contacted. However often that is said, it is one promise; to a
  -- caller who withheld their number it is none. The moments are worked out by the calendar.
  local function make_promise(sid, line, caller, holder, why, remind_at, due_at, office_until, duty_until,
                              case_until)
    if caller == '' then return { 'NO' } end
    local facts = { 'line', line, 'caller', caller, 'holder', holder, 'why', why, 'opened', NOW, 'remind_at', remind_at,
                    'due_at', due_at, 'office_until', office_until, 'duty_until', duty_until }
    if case_until then facts[#facts + 1], facts[#facts + 2] = 'case_until', case_until end -- the release before has none
    if not happen_to('promise', 'make_promise', sid, line, facts) then return { 'ALREADY' } end
    redis.call('ZADD', key('promises'), due_at, sid)
    redis.call('ZADD', key('promises:line', line), NOW, sid)
    redis.call('SADD', promised_key(line, caller), sid)
    count(line, 'made')
    wait_on(sid)
    return { 'OK' }
  end

  -- It is with nobody any more but with its case.
  local function becomes_a_case(sid)
    redis.call('ZREM', key('promises'), sid)
    redis.call('ZADD', key('promises_left'), NOW, sid)
    cases.open(sid)
  end

  -- In the release before, what nobody kept was a task.
  local function is_no_task(sid)
    redis.call('HSET', promise_key(sid), 'state', 'case')
    becomes_a_case(sid)
  end

  -- Time is up: the official is reminded; then their office and the duty desk are told; then it becomes a case. A worker
  -- of the release before does not say of which day; then that is left to the next who looks.
  function promise_is_due(sid)
    local p = of_promise(sid, 'state', 'line')
    if p[1] == 'duty' and not cases.today then
      due('promise', sid, NOW)
      return
    end
    if happen_to('promise', 'remind_promise', sid, p[2]) then
      errand('remind', sid, 'official')
    elseif happen_to('promise', 'escalate_promise', sid, p[2]) then
      local now_with = one(of_promise(sid, 'state'))
      if now_with == 'office' then count(p[2], 'overdue') end
      if now_with == 'case' then
        becomes_a_case(sid)
        count(p[2], 'left')
      else
        errand('remind', sid, now_with)
      end
    end
    wait_on(sid)
  end

  local function close(sid)
    local p = of_promise(sid, 'line', 'caller')
    redis.call('SREM', promised_key(p[1] or '', p[2] or ''), sid)
    not_due('promise', sid)
    redis.call('ZREM', key('promises'), sid)
    redis.call('ZREM', key('promises_left'), sid)
  end

  -- The caller was contacted: `how` is ring_back, statement or call; `note` says what was done.
  function keep_promise(sid, how, by, note)
    local p = of_promise(sid, 'state', 'line', 'case')
    if not p[1] then return { 'GONE' } end
    local late = LATE[p[1]] or 0
    local facts = { 'kept', NOW, 'how', how, 'by', by, 'note', note, 'late', late }
    if not happen_to('promise', 'keep_promise', sid, how, facts) then return { p[1] == 'kept' and 'ALREADY' or 'GONE' } end
    close(sid)
    count(p[2], late == 1 and 'kept_late' or 'kept')
    if p[3] then cases.kept(p[3], how, by, note) end
    return { 'OK' }
  end

  -- The caller rang again, and the official came to the phone: whatever they had been promised by this post is kept.
  -- Their secretary or the duty office is not the official.
  function kept_in_person(sid)
    local c = of_call(sid, 'line', 'caller', 'talked', 'answered_by')
    if c[4] ~= 'own' or (tonumber(c[3]) or 0) < seconds('promise_talk_seconds') then return end
    for _, promised in ipairs(redis.call('SMEMBERS', promised_key(c[1], c[2]))) do
      keep_promise(promised, 'call', '', '')
    end
  end

  -- It need not be kept any more, and `why` says so.
  local function withdraw_promise(sid, by, why)
    local p = of_promise(sid, 'state', 'line', 'case')
    if not p[1] then return { 'GONE' } end
    if not happen_to('promise', 'withdraw_promise', sid, p[2], { 'kept', NOW, 'by', by, 'note', why }) then
      return { p[1] == 'withdrawn' and 'ALREADY' or 'GONE' }
    end
    close(sid)
    count(p[2], 'withdrawn')
    if p[3] then cases.dropped(p[3], by, why) end
    return { 'OK' }
  end

  -- Its case is closed: whatever was done about it, nobody is to keep it any more. It stays one that was not kept.
  function settle_promise(sid, by)
    if happen_to('promise', 'settle_promise', sid, by, { 'settled', NOW }) then close(sid) end
  end

  -- In a store of the release before, what nobody kept stood on a list of its own, and no promise knew by when its case
  -- would be due: pairs of a promise and that moment.
  local function upgrade_promises(today, ...)
    local moments = { ... }
    cases.today = today
    for i = 1, #moments, 2 do
      local sid = moments[i]
      redis.call('HSETNX', promise_key(sid), 'case_until', moments[i + 1])
      if one(of_promise(sid, 'state')) == 'task' then is_no_task(sid) end
    end
    redis.call('DEL', ROOT .. 'tasks') -- no key of this release
    return { 'OK' }
  end

  -- Every promise that is not kept has its moment or its case, and is known when its caller rings again. What only the
  -- release before knows is left alone by whoever does not know of cases.
  function reconcile_promises(mend)
    for _, list in ipairs({ 'promises', 'promises_left' }) do
      for _, sid in ipairs(redis.call('ZRANGE', key(list), 0, -1)) do
        local p = of_promise(sid, 'state', 'line', 'caller', 'case')
        local state, where = p[1] or '', promised_key(p[2] or '', p[3] or '')
        if NEXT[state] and not redis.call('ZSCORE', key('due'), 'promise:' .. sid) then
          mend('no_deadline', 'promise ' .. sid, function() wait_on(sid) end)
        elseif state == 'task' then
          if cases.today then mend('no_case', sid, function() is_no_task(sid) end) end
        elseif state == 'case' and (not p[4] or list == 'promises') then
          if cases.today then mend('no_case', sid, function() becomes_a_case(sid) end) end
        elseif not NEXT[state] and state ~= 'case' then
          mend('not_open', sid, function() close(sid) end)
        elseif redis.call('SISMEMBER', where, sid) == 0 then
          mend('not_promised', sid, function() redis.call('SADD', where, sid) end)
        end
      end
    end
  end

  register('make_promise', make_promise)
  register('keep_promise', keep_promise)
  register('withdraw_promise', withdraw_promise)
  register('upgrade_promises', upgrade_promises)
end
