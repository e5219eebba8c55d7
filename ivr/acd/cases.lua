--[[
The case (工单): what is left of a promise that nobody kept. Somebody says what was done (反馈), and a supervisor closes it
(办结) or gives it back (退回). Its helpers are used by promises, by the clock and here.
]]

do
  local DAY_SECONDS = 24 * 60 * 60

  local function case_key(number) return key('case', number) end
  local function of_case(number, ...) return redis.call('HMGET', case_key(number), ...) end

  local function file(number, state) redis.call('ZADD', key('cases', state), NOW, number) end

  -- One entry of its history, with the move that it tells of; `how` is how the promise was kept, if that is what it tells.
  -- Whatever it was to be done by is off. Since when it stands in a state is not changed by what is added to it there.
  local function happens(event, number, by, said, facts, how)
    local c = of_case(number, 'state', 'entries')
    local n = (tonumber(c[2]) or 0) + 1
    local entry = cjson.encode({ at = NOW, event = event, by = by, said = said, how = how })
    if not happen_to('case', event, number, by, { 'entries', n, 'entry' .. n, entry, unpack(facts or {}) }) then
      return false
    end
    local after = one(of_case(number, 'state'))
    if after ~= c[1] then
      redis.call('ZREM', key('cases', c[1] or ''), number)
      file(number, after)
    end
    not_due('case', number)
    return true
  end

  -- Whether its last entry of this kind says the same, by the same: OTHERWISE when somebody's words would be lost.
  local function already(number, event, by, said)
    for n = tonumber(one(of_case(number, 'entries'))) or 0, 1, -1 do
      local entry = cjson.decode(one(of_case(number, 'entry' .. n)))
      if entry.event == event then return entry.by == by and entry.said == said and 'ALREADY' or 'OTHERWISE' end
    end
    return 'OTHERWISE'
  end

  -- Of this day in the city the next one, as people can say it.
  local function next_number()
    local counted = key('cases_of', cases.today)
    local n = redis.call('INCR', counted)
    redis.call('EXPIRE', counted, 3 * DAY_SECONDS)
    return string.format('GD-%s-%04d', string.gsub(cases.today, '-', ''), n)
  end

  -- The promise of this call was kept by nobody; if it has its case already, that is the one.
  function cases.open(sid)
    local p = redis.call('HMGET', key('promise', sid), 'line', 'caller', 'holder', 'why', 'opened', 'due_at', 'case_until',
                         'case')
    if p[8] then return end
    local number = next_number()
    local due_at = tonumber(p[7]) or NOW + DAY_SECONDS * 1000 -- a worker of the release before made it, and did not say
    happens('open_case', number, '', '', { 'sid', sid, 'line', p[1], 'caller', p[2], 'holder', p[3], 'why', p[4],
                                           'promised', p[5], 'promise_due', p[6], 'opened', NOW, 'due_at', due_at })
    redis.call('HSET', key('promise', sid), 'case', number)
    due('case', number, due_at)
  end

  -- Nobody said in time what was done: an alarm stands until somebody does.
  function cases.is_late(number) happens('overrun_case', number, '', '', { 'late', 1 }) end

  local function answered(by, how, said)
    return { 'answered', NOW, 'answered_by', by, 'how', how, 'answer', said }
  end

  -- The promise was kept after all: that is what was done about the case. One that is answered already learns of it.
  function cases.kept(number, how, by, note)
    if not happens('answer_case', number, by, note, answered(by, how, note), how) then
      happens('add_to_case', number, by, note, {}, how)
    end
  end

  -- The promise need not be kept: neither is there anything left to do.
  function cases.dropped(number, by, why)
    happens('drop_case', number, by, why, { 'closed', NOW, 'closed_by', by })
  end

  -- Somebody says what was done about it.
  local function answer_case(number, by, said)
    if happens('answer_case', number, by, said, answered(by, '', said)) then return { 'OK' } end
    return { one(of_case(number, 'state')) == 'answered' and already(number, 'answer_case', by, said) or 'GONE' }
  end

  -- What was done is not enough, and `why` says so: it is to be answered anew, by another moment. What was said so far
  -- is in the history.
  local function return_case(number, by, why, due_at)
    if happens('return_case', number, by, why, { 'returned', NOW, 'due_at', due_at }) then
      redis.call('HDEL', case_key(number), 'answered', 'answered_by', 'how', 'answer')
      due('case', number, due_at)
      return { 'OK' }
    end
    local c = of_case(number, 'state', 'returned')
    return { c[2] and c[1] ~= 'closed' and already(number, 'return_case', by, why) or 'GONE' }
  end

  -- A supervisor has read what was done.
  local function close_case(number, by, said)
    local c = of_case(number, 'state', 'sid')
    if happens('close_case', number, by, said, { 'closed', NOW, 'closed_by', by }) then
      settle_promise(c[2], by)
      return { 'OK' }
    end
    return { c[1] == 'closed' and already(number, 'close_case', by, said) or 'GONE' }
  end

  -- A case stands in the list of its state, and one that is to be answered has its moment.
  function cases.reconcile(mend)
    for _, list in ipairs({ 'open', 'overdue', 'answered' }) do
      for _, number in ipairs(redis.call('ZRANGE', key('cases', list), 0, -1)) do
        local c = of_case(number, 'state', 'due_at', 'sid')
        local of_promise = redis.call('HGET', key('promise', c[3] or ''), 'state')
        if c[1] ~= list then
          mend('misfiled', number, function()
            redis.call('ZREM', key('cases', list), number)
            if c[1] then file(number, c[1]) end
          end)
        elseif list == 'open' and not redis.call('ZSCORE', key('due'), 'case:' .. number) then
          mend('no_deadline', 'case ' .. number, function() due('case', number, tonumber(c[2])) end)
        elseif of_promise == 'case' and not redis.call('ZSCORE', key('promises_left'), c[3]) then
          mend('not_left', c[3], function() redis.call('ZADD', key('promises_left'), NOW, c[3]) end)
        end
      end
    end
  end

  register('answer_case', answer_case)
  register('return_case', return_case)
  register('close_case', close_case)
end
