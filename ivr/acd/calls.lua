--[[
A call's beginning, its waiting, and its end. A chapter of the library that acd.lua begins; its helpers are
used here.
]]

local company_leaves -- whoever was brought into a call, and its hold, when the call parts or ends
local kept_in_person -- what was promised to a caller who has now talked with the official
local nobody_listens -- to a talk that is over
local has_been_there -- whether both were in the room, of which nobody has told us

local REFUSED = { full = 'FULL', waited_too_long = 'TOO_LONG', unstaffed = 'UNSTAFFED',
                  passed_on = 'PASSED_ON' }

-- More wait on the telephone than may, or than those who are there can serve in reasonable time.
local function line_is_full(queue)
  local most, each = rules_of('max_waiting', 'max_waiting_per_operator')
  local present = each > 0 and redis.call('SCARD', key('on_shift', queue)) or 0
  if present > 0 then most = math.min(most, each * present) end
  return redis.call('ZCARD', key('waiting', queue)) >= most and callers_in(queue) >= most
end

local function turn_away(sid, why)
  happen('turn_away', sid, nil, why, { 'turned_away', why, 'turned_at', NOW, 'outcome', why })
end

-- Why nobody can serve a caller who comes now; empty when somebody can.
local function why_not(queue, opening)
  if opening ~= 'open' then return opening end
  if line_is_full(queue) then return 'full' end
  if rule('join_unstaffed') == 0 and redis.call('SCARD', key('on_shift', queue)) == 0 then return 'unstaffed' end
  return ''
end

-- A published number is dialled. `opening` is open or closed, as the calendar says, or withdrawn, or direct where the
-- post answers in person at whatever hour; `holder` is who holds the post today; `limits` is free for a caller whom
-- none applies to. Answers { word, why they are turned away or '', pace, 1 if they rang a while ago, blocked until,
-- the language they are known to speak or '' }.
local function arrive(sid, line, caller, queue, priority, opening, limits, holder, came_from)
  local known = recognise(caller, queue, priority, limits ~= 'free')
  queue = known.queue
  local facts = { 'arrived', NOW, 'line', line, 'caller', caller, 'queue', queue, 'priority', known.priority,
                  'holder', holder }
  if opening == 'direct' then facts[#facts + 1], facts[#facts + 2] = 'mode', opening end
  if came_from ~= '' then facts[#facts + 1], facts[#facts + 2] = 'came_from', came_from end
  for _, name in ipairs({ 'language', 'class', 'pace', 'again', 'blocked_until' }) do
    local fact = known[name] or ''
    if fact ~= '' then facts[#facts + 1], facts[#facts + 2] = name, fact end
  end
  if not happen('arrive', sid, nil, nil, facts) then
    local c = of_call(sid, 'turned_away', 'pace', 'again', 'blocked_until', 'language')
    return { 'ALREADY', c[1] or '', c[2] or '', c[3] or '', c[4] or '', c[5] or '' }
  end
  redis.call('ZADD', key('live'), NOW, sid)
  redis.call('ZADD', key('calls'), NOW, sid)
  index(sid, 'line', line, NOW)
  index(sid, 'caller', caller, NOW)
  tally(NOW, 'received', 1, 'line:' .. line .. ':received', 1, quarter_of(NOW) .. 'received', 1)
  local why = known.blocked_until and 'blocked' or opening == 'direct' and '' or why_not(queue, opening)
  if why ~= '' then turn_away(sid, why) end
  return { 'OK', why, known.pace, known.again, known.blocked_until or '', known.language or '' }
end

-- A caller whose call was lost in the line, and who soon calls again, finds the moment they came kept: their place is
-- that among callers of the priority they have now.
local function keep_place(sid)
  local c = of_call(sid, 'caller', 'queue', 'place')
  local while_ms = seconds('regain_seconds')
  if c[1] == '' or not c[3] or while_ms == 0 then return end
  redis.call('SET', key('place', c[1]), c[2] .. ' ' .. string.format('%.0f', c[3] % 1e13), 'PX', while_ms)
end

local function moment_in_line(caller, their_queue, pace)
  if pace == 'slow' then return NOW + seconds('slow_seconds') end
  local queue, moment = string.match(caller ~= '' and redis.call('GET', key('place', caller)) or '', '^(%S+) (%d+)$')
  if queue ~= their_queue then return NOW end
  redis.call('DEL', key('place', caller))
  return tonumber(moment)
end

-- How long a call keeps an operator here, and how long the answered have waited, of late: two moving averages.
local function learn_pace(queue, name, ms)
  local pace = key('pace', queue)
  local known = redis.call('HMGET', pace, name .. '_n', name)
  local n, old = (tonumber(known[1]) or 0) + 1, tonumber(known[2]) or 0
  redis.call('HSET', pace, name .. '_n', n, name, math.floor(old + (ms - old) / math.min(n, PACE_OF_LATE)))
end

-- Which comforting sentence is due, from 1; 0 for none. To a carrier that repeats itself, the same.
local function comfort(sid, queued, said, said_at, first, gap)
  if said > 0 and NOW - said_at < SAME_MS then return said end
  if first == 0 or NOW - queued < first * 1000 or (said > 0 and NOW - said_at < gap * 1000) then return 0 end
  redis.call('HSET', call_key(sid), 'comforts', said + 1, 'comforted_at', NOW)
  return said + 1
end

-- Whether nobody has been there for any line of theirs, since they came and for as long as the rule allows.
local function is_left_alone(sid, queued, grace)
  local since = queued
  for _, queue in ipairs(lines_of(sid)) do
    if redis.call('SCARD', key('on_shift', queue)) > 0 then return false end
    since = math.max(since, tonumber(redis.call('HGET', key('unstaffed'), queue)) or 0)
  end
  return NOW - since >= grace * 1000
end

-- The greeting is over, and the line begins.
local function stand_in_line(sid, queue, noticed)
  local c = of_call(sid, 'caller', 'pace', 'priority')
  local place = (TOP - tonumber(c[3])) * 1e13 + moment_in_line(c[1], queue, c[2])
  local facts = { 'queued', NOW, 'place', string.format('%.0f', place) }
  if noticed == '1' then facts[5], facts[6] = 'noticed', NOW end
  happen('wait', sid, nil, nil, facts)
  local patience = seconds('overflow_after:' .. queue)
  if patience > 0 then due('overflow', sid, NOW + patience) end
  put_in_line(sid)
  match_call(sid)
end

-- The caller has heard the greeting, or comes round again in the waiting loop.
-- Answers { word, state, position from 1 or 0, 1 if it is better than what they were last told, which comforting sentence
-- is due or 0, operators present, and the pace of the line: ms a call keeps an operator, of how many calls we know that,
-- ms the answered waited }. Operators are counted only for whoever waits, the pace only where there is something better.
local function wait(sid, noticed)
  local before = of_call(sid, 'state', 'queue')
  if MOVES.wait.call[before[1] or 'none'] then
    if line_is_full(before[2]) then turn_away(sid, 'full') else stand_in_line(sid, before[2], noticed) end
  end
  local c = of_call(sid, 'state', 'queue', 'queued', 'told', 'told_at', 'turned_away', 'comforts', 'comforted_at',
                    'came_from', 'passed_to')
  local state, queue, queued = c[1] or 'none', c[2] or '', tonumber(c[3])
  if not queued then return { REFUSED[c[6]] or 'GONE', state, 0, 0, 0, 0, 0, 0, 0 } end -- they never stood in line
  local longest, leaves, grace, first, gap, passes =
    rules_of('max_wait_seconds', 'leave_unstaffed', 'unstaffed_grace_seconds', 'first_comfort_seconds',
             'comfort_gap_seconds', 'pass_on_after:' .. queue)
  local present = state == 'waiting' and redis.call('SCARD', key('on_shift', queue)) or 0
  local why = state == 'waiting' and (
    NOW - queued >= longest * 1000 and 'waited_too_long' or
    passes > 0 and not c[9] and NOW - queued >= passes * 1000 and 'passed_on' or
    leaves == 1 and present == 0 and is_left_alone(sid, queued, grace) and 'unstaffed')
  if why then
    take_out_of_line(sid)
    turn_away(sid, why)
    state, c[6] = 'parting', why
    if why == 'passed_on' then
      redis.call('HSET', call_key(sid), 'passed_to', redis.call('HGET', key('rules'), 'pass_on_to:' .. queue))
    end
  end
  if state == 'ended' and c[10] then c[6] = 'passed_on' end
  if state == 'parting' then redis.call('HSET', call_key(sid), 'heard_why', NOW) end
  if state == 'none' or state == 'ended' or state == 'parting' then
    return { REFUSED[c[6]] or 'GONE', state, 0, 0, 0, 0, 0, 0, 0 }
  end
  local rank = state == 'waiting' and redis.call('ZRANK', key('waiting', queue), sid)
  local position, told, better = rank and rank + 1 or 0, tonumber(c[4]), 0
  if position > 0 and (not told or position < told or (position == told and NOW - tonumber(c[5]) < SAME_MS)) then
    better = 1
    redis.call('HSET', call_key(sid), 'told', position, 'told_at', NOW)
  end
  local word = NOW - queued < SAME_MS and 'OK' or 'ALREADY'
  local sentence = comfort(sid, queued, tonumber(c[7]) or 0, tonumber(c[8]) or 0, first, gap)
  local pace = better == 1 and redis.call('HMGET', key('pace', queue), 'handled', 'handled_n', 'waited') or {}
  return { word, state, position, better, sentence, present, pace[1] or 0, pace[2] or 0, pace[3] or 0 }
end

-- The caller's line is down: the end, whoever says so first. `by` is who ended it, unless that is known already. `met` is
-- what the carrier says of a room that both only asked for: yes or no; nothing is done, and UNSURE, to `ask` where that
-- decides.
local function hang_up(sid, by, met)
  local c = of_call(sid, 'state', 'operator', 'outcome', 'queued', 'ended_by', 'guest', 'hold')
  local state, operator = c[1] or 'none', c[2] or ''
  if state == 'connecting' and met ~= 'no' then
    local been = has_been_there(sid, nil, met == 'ask')
    if been == nil then return { 'UNSURE' } end
    if been then return hang_up(sid, by) end -- as out of a talk
  end
  if is_back(sid) and state ~= 'talking' and state ~= 'parting' then return { 'GONE' } end -- nobody is on its line
  local o = of_operator(operator, 'call', 'line', 'leg')
  local held = o[1] == sid and (o[2] == 'offered' or o[2] == 'connecting' or o[2] == 'talking')
  if state == 'talking' then nobody_listens(sid) end
  local outcome = c[3] or LOST[state]
  if outcome == 'abandoned_queue' and NOW - tonumber(c[4]) < seconds('short_abandon_seconds') then
    outcome = 'abandoned_short'
  end
  local facts = { 'ended', NOW, 'outcome', outcome, 'ended_by', c[5] or (state == 'parting' and 'hotline' or by) }
  if state == 'talking' or state == 'in_person' then facts[7], facts[8] = 'parted', NOW end
  if not happen('hang_up', sid, held and operator or nil, nil, facts) then
    return { state == 'ended' and 'ALREADY' or 'GONE' }
  end
  company_leaves(sid, c[6], c[7])
  if state == 'waiting' then take_out_of_line(sid) end
  not_due('offer join overflow parting ringing', sid)
  redis.call('ZREM', key('live'), sid)
  if state == 'waiting' or state == 'offered' or state == 'connecting' then keep_place(sid) end
  close_the_books(sid)
  if is_back(sid) then settle_back(sid) else note_missed(sid, state) end
  if outcome == 'direct_answered' then kept_in_person(sid) end
  redis.call('HDEL', call_key(sid), 'place', 'moment', 'told', 'told_at', 'met', 'caller_in', 'operator_in', 'room', 'turned_away', 'turned_at', 'heard_why', 'since', 'also', 'looked',
             'picked_up', 'comforts', 'comforted_at',
             'talk_since', 'alone', 'hold', 'hold_since', 'guest', 'guest_since', 'guest_kind', 'guest_who',
             'guest_leg', 'guest_mode', 'guest_sealed', 'guarded', 'ringing', 'learnt')
  if held and state == 'talking' then
    due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  elseif held then
    if state == 'connecting' and (o[3] or '') ~= '' then errand('hang_up', o[3]) end
    idle_again(operator, 0)
  end
  return { 'OK' }
end

-- The leg on which a caller was called back is down: `why` is how the carrier says that it ended; `met` as above.
local function leg_ended(back, leg, why, met)
  local c = of_call(back, 'state', 'caller_leg')
  if c[2] ~= leg then return former.is_down(back, leg) end
  local been = c[1] == 'connecting' and met ~= 'no' and has_been_there(back, nil, met == 'ask')
  if been == nil then return { 'UNSURE' } end
  if c[1] == 'calling' or (c[1] == 'connecting' and not been) then return put_off(back, why) end
  return hang_up(back, 'caller')
end

register('leg_ended', leg_ended)
register('arrive', arrive)
register('wait', wait)
register('hang_up', hang_up)
