--[[
The dial test (拨测): published numbers are called as a citizen would call them, one a second, and what came of it is
kept. A test is no call: it stands in no line, in no list of calls and in no counter. Its helpers are used here and by
the clock.
]]

-- The state of one thing that is neither a call nor an operator, kept in the hash `<part>:<id>`. Like `happen`, and for
-- such things the only place where a state is written.
local function happen_to(part, event, id, note, facts)
  local where = key(part, id)
  local to = MOVES[event][part][redis.call('HGET', where, 'state') or AT_FIRST[part]]
  if not to then return false end
  redis.call('HSET', where, 'state', to, 'since', NOW, unpack(facts or {}))
  if part == 'delivery' then return true end -- no news: to tell that it was told would never end
  local news = { 'event', event, 'at', NOW, part, id, 'state', to }
  if note and note ~= '' then news[#news + 1], news[#news + 2] = 'note', note end
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', unpack(news))
  return true
end

local dial_next, probe_is_late, reconcile_probes

do
  local PROBES_KEPT = 100        -- judged tests of one number
  local BETWEEN_DIALS_MS = 1000  -- the carrier dials one call a second
  local AFTER_ALL_MS = 60 * 1000 -- a call that the carrier made without saying so comes in by then
  local JUDGING_MS = 60 * 1000   -- a test that is over is judged by then, or the judge is sent again

  local function probe_key(number) return key('probe', number) end
  local function of_probe(number, ...) return redis.call('HMGET', probe_key(number), ...) end

  local OF_ONE_TEST = { 'dialled', 'leg', 'answered', 'arrived', 'inbound', 'opening', 'why', 'on_shift', 'heard',
                        'status', 'code', 'fault', 'ended', 'verdict', 'failed', 'through', 'ringing', 'rung', 'picked',
                        'reached', 'why_own', 'why_second', 'learnt_own', 'learnt_second', 'away', 'away_until',
                        'way', 'sought', 'operator', 'taken', 'why_operator' }
  local UNDER_WAY = { dialling = true, ringing = true, reached = true, missed = true }

  -- The test under way on this leg of ours. The carrier may speak of a leg before its making was answered.
  local function is_on(number, leg)
    local p = of_probe(number, 'state', 'leg')
    if not UNDER_WAY[p[1] or ''] or (p[2] and p[2] ~= leg) then return false end
    if not p[2] then redis.call('HSET', probe_key(number), 'leg', leg) end
    return true
  end

  -- These numbers are to be tested, in this order; those that are waiting or under way already are not asked again.
  -- Tests that are asked for while others run belong to the same run. Those that go `through` ring a person's phone.
  -- Answers { word, how many }.
  local function ask_probes(by, through, ...)
    local run = redis.call('HMGET', key('probe_run'), 'total', 'done')
    local fresh, n = (tonumber(run[1]) or 0) <= (tonumber(run[2]) or 0), 0
    for _, number in ipairs({ ... }) do
      if happen_to('probe', 'ask_probe', number, by, { 'asked', NOW, 'by', by }) then
        redis.call('HDEL', probe_key(number), unpack(OF_ONE_TEST))
        if through ~= '' then redis.call('HSET', probe_key(number), 'through', through) end
        redis.call('ZADD', key('probes_asked'), NOW * 1000 + n, number)
        n = n + 1
      end
    end
    if n == 0 then return { 'ALREADY', 0 } end
    if fresh then redis.call('HSET', key('probe_run'), 'by', by, 'asked', NOW, 'total', 0, 'done', 0, 'failed', 0) end
    redis.call('HINCRBY', key('probe_run'), 'total', n)
    if not redis.call('ZSCORE', key('due'), 'dial:probes') then due('dial', 'probes', NOW) end
    return { 'OK', n }
  end

  -- Every day at this moment, once, whichever worker looks first.
  local function ask_scheduled(moment, ...)
    if (tonumber(redis.call('HGET', key('probe_run'), 'scheduled')) or 0) >= tonumber(moment) then
      return { 'ALREADY', 0 }
    end
    redis.call('HSET', key('probe_run'), 'scheduled', moment)
    return ask_probes('schedule', '', ...)
  end

  function dial_next()
    local number = one(redis.call('ZPOPMIN', key('probes_asked')))
    if number == '' then return end
    if redis.call('ZCARD', key('probes_asked')) > 0 then due('dial', 'probes', NOW + BETWEEN_DIALS_MS) end
    if not happen_to('probe', 'dial_probe', number, nil, { 'dialled', NOW }) then return end
    redis.call('ZADD', key('probes_out'), NOW, number)
    due('probe', number, NOW + seconds('probe_seconds'))
    errand('probe', number)
  end

  -- The carrier has taken our leg, and named it.
  local function place_probe(number, leg) return { is_on(number, leg) and 'OK' or 'GONE' } end

  -- The carrier did not say that it dials this number, and the test was given up; now the call comes in.
  local function made_after_all(line)
    local p = of_probe(line, 'fault', 'ended')
    return (p[1] or '') ~= '' and (tonumber(p[2]) or 0) > NOW - AFTER_ALL_MS
  end

  -- A call comes from the number that tests: is it a test? OK on the line that is dialled, NO on another line, GONE when
  -- nothing is tested now. Only the first call that comes in goes through: to the official, or where operators answer to
  -- one of them, if a caller could be served now. Answers { word, why nobody could serve a caller now, operators present,
  -- whom it goes on to }.
  local function arrive_probe(sid, line, queue, opening)
    if redis.call('ZCARD', key('probes_out')) == 0 and not made_after_all(line) then return { 'GONE', '', 0, '' } end
    local why = opening == 'direct' and '' or why_not(queue, opening)
    local on_shift = redis.call('SCARD', key('on_shift', queue))
    local p = of_probe(line, 'state', 'through', 'inbound')
    if not UNDER_WAY[p[1] or ''] or (p[2] and p[3] and p[3] ~= sid) then return { 'NO', why, on_shift, '' } end
    redis.call('HSETNX', probe_key(line), 'arrived', NOW)
    redis.call('HSET', probe_key(line), 'inbound', sid, 'opening', opening, 'why', why, 'on_shift', on_shift)
    if not p[2] then return { 'OK', why, on_shift, '' } end
    local way = opening == 'direct' and 'official' or 'operator'
    redis.call('HSET', probe_key(line), 'way', way)
    if why == '' then return { 'OK', why, on_shift, way } end
    redis.call('HSET', probe_key(line), 'why_operator', why)
    return { 'OK', why, on_shift, '' }
  end

  -- Our own leg is answered, by whatever it is.
  local function answer_probe(number, leg)
    if not is_on(number, leg) then return { 'GONE' } end
    return { redis.call('HSETNX', probe_key(number), 'answered', NOW) == 1 and 'OK' or 'ALREADY' }
  end

  -- What was understood of what is said there; the longest is kept, in whatever order the carrier tells it.
  local function hear_probe(number, leg, said)
    if not is_on(number, leg) then return { 'GONE' } end
    if #said <= #one(of_probe(number, 'heard')) then return { 'ALREADY' } end
    redis.call('HSET', probe_key(number), 'heard', said)
    return { 'OK' }
  end

  -- Our leg is down, or was never made (`fault` says why): what it was is now for somebody to judge. A leg that has been
  -- heard of was made, whatever the carrier failed to answer.
  local function end_probe(number, leg, status, code, fault)
    if leg ~= '' and not is_on(number, leg) then return { 'GONE' } end
    if fault ~= '' and one(of_probe(number, 'leg')) ~= '' then return { 'GONE' } end
    local facts = { 'ended', NOW, 'status', status, 'code', code, 'fault', fault }
    if not happen_to('probe', 'end_probe', number, status, facts) then return { 'GONE' } end
    due('probe', number, NOW + JUDGING_MS)
    errand('judge', number)
    desk_probe.is_over(number)
    return { 'OK' }
  end

  function probe_is_late(number)
    local state = one(of_probe(number, 'state'))
    if UNDER_WAY[state] then end_probe(number, '', 'lost', '', '') end
    if state == 'over' then
      due('probe', number, NOW + JUDGING_MS)
      errand('judge', number)
    end
  end

  -- Judged: kept with what it was judged by, and counted in its run.
  local function judge_probe(number, dialled, verdict, failed)
    local p = of_probe(number, 'dialled')
    if p[1] ~= dialled then return { 'GONE' } end
    if not happen_to('probe', 'judge_probe', number, verdict, { 'verdict', verdict, 'failed', failed }) then
      return { 'ALREADY' }
    end
    not_due('probe', number)
    redis.call('ZREM', key('probes_out'), number)
    redis.call('HINCRBY', key('probe_run'), 'done', 1)
    redis.call('HINCRBY', key('probe_run'), 'failed', tonumber(failed))
    if failed == '1' then
      redis.call('HSET', key('probes_failed'), number, verdict)
    else
      redis.call('HDEL', key('probes_failed'), number)
    end
    redis.call('XADD', key('probes', number), 'MAXLEN', PROBES_KEPT, '*', unpack(redis.call('HGETALL', probe_key(number))))
    return { 'OK' }
  end

  -- What waits or is under way has somebody who will look at it.
  function reconcile_probes(mend)
    if redis.call('ZCARD', key('probes_asked')) > 0 and not redis.call('ZSCORE', key('due'), 'dial:probes') then
      mend('no_deadline', 'probes', function() due('dial', 'probes', NOW) end)
    end
    for _, number in ipairs(redis.call('ZRANGE', key('probes_out'), 0, -1)) do
      if not redis.call('ZSCORE', key('due'), 'probe:' .. number) then
        mend('no_deadline', number, function() due('probe', number, NOW) end)
      end
    end
  end

  register('ask_probes', ask_probes)
  register('ask_scheduled', ask_scheduled)
  register('place_probe', place_probe)
  register('arrive_probe', arrive_probe)
  register('answer_probe', answer_probe)
  register('hear_probe', hear_probe)
  register('end_probe', end_probe)
  register('judge_probe', judge_probe)
end
