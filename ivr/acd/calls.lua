--[[
The life of a call, in the order the caller lives it, and the books that are kept of it. The third chapter of the
library that acd.lua begins; its helpers are used here.
]]

local function index(sid, kind, value, arrived)
  if value == '' then return end
  redis.call('ZADD', key('calls:' .. kind, value), arrived or one(of_call(sid, 'arrived')), sid)
end

local function tally(arrived, ...)
  local hour = key('tally', string.format('%d', math.floor(arrived / 3600000)))
  local counts = { ... }
  for i = 1, #counts, 2 do redis.call('HINCRBY', hour, counts[i], counts[i + 1]) end
end

-- How the call ended and how long each part of it took, once it is over.
local function close_the_books(sid)
  local c = of_call(sid, 'outcome', 'queued', 'accepted', 'joined', 'parted', 'line', 'operator', 'arrived',
                    'turned_at')
  local outcome, queued, accepted, joined = c[1], tonumber(c[2]), tonumber(c[3]), tonumber(c[4])
  local parted, line, operator = tonumber(c[5]) or NOW, c[6], c[7]
  local counts = { 'outcome:' .. outcome, 1, 'line:' .. line .. ':' .. outcome, 1 }
  local function count(name, by) counts[#counts + 1], counts[#counts + 2] = name, by end
  if queued then
    local waited = (joined and accepted or tonumber(c[9]) or NOW) - queued
    redis.call('HSET', call_key(sid), 'waited', waited)
    count('waited_ms', waited)
    if joined and waited <= 15000 then count('answered_in_15s', 1) end
  end
  if joined then
    redis.call('HSET', call_key(sid), 'talked', parted - joined)
    count('talked_ms', parted - joined)
    count('operator:' .. operator .. ':answered', 1)
    count('operator:' .. operator .. ':talked_ms', parted - joined)
  end
  index(sid, 'outcome', outcome, c[8])
  tally(tonumber(c[8]), unpack(counts))
end

-- A caller whom nobody could serve has left words. They may have hung up by the time we learn of it.
local function keep_message(sid, recording, length)
  local c = of_call(sid, 'arrived', 'recording', 'outcome', 'state', 'line')
  if not c[1] then return { 'GONE' } end
  if c[2] then return { 'ALREADY' } end
  redis.call('HSET', call_key(sid), 'recording', recording, 'recording_seconds', length, 'outcome', 'message')
  redis.call('ZADD', key('messages'), c[1], sid)
  if c[4] == 'ended' then
    redis.call('ZREM', key('calls:outcome', c[3]), sid)
    index(sid, 'outcome', 'message', c[1])
    tally(tonumber(c[1]), 'outcome:' .. c[3], -1, 'line:' .. c[5] .. ':' .. c[3], -1, 'outcome:message', 1,
          'line:' .. c[5] .. ':message', 1)
  end
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', 'event', 'message', 'at', NOW, 'call', sid)
  return { 'OK' }
end

-- Somebody has listened to it and done what there was to do.
local function work_off(sid, operator)
  if redis.call('ZREM', key('messages'), sid) == 0 then return { 'ALREADY' } end
  redis.call('HSET', call_key(sid), 'worked_off_by', operator, 'worked_off', NOW)
  return { 'OK' }
end

local REFUSED = { full = 'FULL', waited_too_long = 'TOO_LONG' }

local function line_is_full(queue) return redis.call('ZCARD', key('waiting', queue)) >= rule('max_waiting') end

local function turn_away(sid, why)
  happen('turn_away', sid, nil, why, { 'turned_away', why, 'turned_at', NOW, 'outcome', why })
end

-- A published number is dialled. `opening` is open or closed, as the calendar says.
local function arrive(sid, line, caller, queue, priority, opening)
  local facts = { 'arrived', NOW, 'line', line, 'caller', caller, 'queue', queue, 'priority', priority }
  if not happen('arrive', sid, nil, nil, facts) then return { 'ALREADY', one(of_call(sid, 'turned_away')) } end
  redis.call('ZADD', key('live'), NOW, sid)
  redis.call('ZADD', key('calls'), NOW, sid)
  index(sid, 'line', line, NOW)
  index(sid, 'caller', caller, NOW)
  tally(NOW, 'received', 1, 'line:' .. line .. ':received', 1)
  local why = ''
  if opening ~= 'open' then why = 'closed'
  elseif line_is_full(queue) then why = 'full'
  elseif rule('join_unstaffed') == 0 and redis.call('SCARD', key('on_shift', queue)) == 0 then why = 'unstaffed' end
  if why ~= '' then turn_away(sid, why) end
  return { 'OK', why }
end

-- A caller whose call was lost in the line, and who soon calls again, finds the moment they came kept: their place is
-- that among callers of the priority they have now.
local function keep_place(sid)
  local c = of_call(sid, 'caller', 'queue', 'place')
  local while_ms = seconds('regain_seconds')
  if c[1] == '' or not c[3] or while_ms == 0 then return end
  redis.call('SET', key('place', c[1]), c[2] .. ' ' .. string.format('%.0f', c[3] % 1e13), 'PX', while_ms)
end

local function moment_in_line(sid)
  local c = of_call(sid, 'caller', 'queue')
  local queue, moment = string.match(c[1] ~= '' and redis.call('GET', key('place', c[1])) or '', '^(%S+) (%d+)$')
  if queue ~= c[2] then return NOW end
  redis.call('DEL', key('place', c[1]))
  return tonumber(moment)
end

-- How long a call keeps an operator here, and how long the answered have waited, of late: two moving averages.
local function learn_pace(queue, name, ms)
  local pace = key('pace', queue)
  local n = redis.call('HINCRBY', pace, name .. '_n', 1)
  local old = tonumber(redis.call('HGET', pace, name)) or 0
  redis.call('HSET', pace, name, math.floor(old + (ms - old) / math.min(n, PACE_OF_LATE)))
end

-- The caller has heard the greeting, or comes round again in the waiting loop.
-- Answers { word, state, position from 1 or 0, 1 if it is better than what they were last told, operators present, and
-- the pace of the line: ms a call keeps an operator, of how many calls we know that, ms the answered waited }.
local function wait(sid)
  if one(of_call(sid, 'state')) == 'greeting' and line_is_full(one(of_call(sid, 'queue'))) then
    turn_away(sid, 'full')
  elseif happen('wait', sid) then
    local place = (TOP - tonumber(one(of_call(sid, 'priority')))) * 1e13 + moment_in_line(sid)
    redis.call('HSET', call_key(sid), 'queued', NOW, 'place', string.format('%.0f', place))
    local patience = seconds('overflow_after:' .. one(of_call(sid, 'queue')))
    if patience > 0 then due('overflow', sid, NOW + patience) end
    put_in_line(sid)
    match_call(sid)
  end
  local c = of_call(sid, 'state', 'queue', 'queued', 'told', 'told_at', 'turned_away')
  local state, queue = c[1] or 'none', c[2] or ''
  if state == 'waiting' and NOW - tonumber(c[3]) >= seconds('max_wait_seconds') then
    take_out_of_line(sid)
    turn_away(sid, 'waited_too_long')
    state, c[6] = 'parting', 'waited_too_long'
  end
  if state == 'none' or state == 'ended' or state == 'parting' then
    return { REFUSED[c[6]] or 'GONE', state, 0, 0, 0, 0, 0, 0 }
  end
  local rank = redis.call('ZRANK', key('waiting', queue), sid)
  local position, told, better = rank and rank + 1 or 0, tonumber(c[4]), 0
  if position > 0 and (not told or position < told or (position == told and NOW - tonumber(c[5]) < SAME_MS)) then
    better = 1
    redis.call('HSET', call_key(sid), 'told', position, 'told_at', NOW)
  end
  local word = NOW - tonumber(c[3]) < SAME_MS and 'OK' or 'ALREADY'
  local pace = redis.call('HMGET', key('pace', queue), 'handled', 'handled_n', 'waited')
  return { word, state, position, better, redis.call('SCARD', key('on_shift', queue)), pace[1] or 0, pace[2] or 0,
           pace[3] or 0 }
end

-- Exactly one operator can win: the one whose line the offer rings on, while it rings.
local function accept(sid, operator, room)
  local o = of_operator(operator, 'call', 'line')
  if o[1] == sid and (o[2] == 'connecting' or o[2] == 'talking') then return { 'ALREADY', one(of_call(sid, 'room')) } end
  local facts = { 'accepted', NOW, 'room', room }
  if o[1] ~= sid or not happen('accept', sid, operator, nil, facts) then return { 'GONE', '' } end
  not_due('offer', sid)
  due('join', sid, NOW + seconds('join_seconds'))
  redis.call('HSET', operator_key(operator), 'missed', 0)
  errand('redirect', sid, 'meet_operator')
  return { 'OK', room }
end

-- An operator who may takes a caller out of the line, whatever their turn.
local function pick(sid, operator, room)
  local o = of_operator(operator, 'presence', 'line')
  if o[1] ~= 'on' or (o[2] or 'idle') ~= 'idle' then return { 'BUSY', '' } end
  if one(of_call(sid, 'state')) ~= 'waiting' then return { 'GONE', '' } end
  offer(sid, operator)
  return accept(sid, operator, room)
end

-- Three in a row pause the operator (RONA, redirect on no answer): somebody should go and look.
local function unanswered(operator)
  local missed = redis.call('HINCRBY', operator_key(operator), 'missed', 1)
  if one(of_operator(operator, 'intent')) == 'leaving' then return end -- they go anyway, and should
  if missed >= rule('misses_before_pause') and happen('pause', nil, operator, 'RONA') then
    redis.call('HSET', operator_key(operator), 'reason', 'RONA', 'missed', 0)
  end
end

local function miss(sid)
  local operator = one(of_call(sid, 'operator'))
  if not happen('miss', sid, operator) then return end
  not_due('offer', sid)
  unanswered(operator)
  idle_again(operator, seconds('missed_cooldown_seconds'))
  back_in_line(sid)
end

local function decline(sid, operator)
  if one(of_operator(operator, 'call')) ~= sid or not happen('decline', sid, operator) then return { 'GONE' } end
  not_due('offer', sid)
  idle_again(operator, seconds('declined_cooldown_seconds'))
  back_in_line(sid)
  return { 'OK' }
end

-- The caller asks for their room. Answers { word, room, operator, 1 while nobody talks in it yet }.
local function meet(sid)
  local c = of_call(sid, 'state', 'room', 'operator', 'met')
  if c[1] == 'connecting' or c[1] == 'talking' then
    if not c[4] then redis.call('HSET', call_key(sid), 'met', NOW) end
    return { 'OK', c[2], c[3], c[1] == 'connecting' and 1 or 0 }
  end
  if c[1] == 'waiting' or c[1] == 'offered' then return { 'BACK', '', '', 0 } end
  return { 'GONE', '', '', 0 }
end

-- The operator's phone asks for the same room. A second phone does not get into a talk. Answers { word, call, room }.
local function pick_up(operator, leg)
  local o = of_operator(operator, 'call', 'line', 'leg')
  if o[2] ~= 'connecting' and (o[2] ~= 'talking' or o[3] ~= leg) then return { 'GONE', '', '' } end
  redis.call('HSET', operator_key(operator), 'leg', leg)
  if o[2] == 'connecting' then redis.call('HSET', call_key(o[1]), 'picked_up', NOW) end
  return { 'OK', o[1], one(of_call(o[1], 'room')) }
end

local function talk(sid, operator)
  if not happen('join', sid, operator) then return { 'GONE' } end
  not_due('join', sid)
  local c = of_call(sid, 'queue', 'queued', 'accepted', 'caller', 'caller_in', 'operator_in')
  local both_in = math.max(tonumber(c[5]) or NOW, tonumber(c[6]) or NOW)
  redis.call('HSET', call_key(sid), 'joined', both_in, 'outcome', 'answered')
  redis.call('HDEL', call_key(sid), 'caller_in', 'operator_in', 'looked')
  index(sid, 'operator', operator)
  learn_pace(c[1], 'waited', c[3] - c[2])
  local window = seconds('last_operator_seconds')
  if c[4] ~= '' and window > 0 then redis.call('SET', key('last', c[4]), operator, 'PX', window) end
  return { 'OK' }
end

-- This side is, or was, in the room since `at`; they talk when both are. `who` is caller or operator.
local function is_in_the_room(sid, who, at)
  local c = of_call(sid, who .. '_in', 'operator')
  if not c[1] then redis.call('HSET', call_key(sid), who .. '_in', at) end
  local inside = of_call(sid, 'caller_in', 'operator_in')
  if inside[1] and inside[2] then return talk(sid, c[2]) end
  return { 'WAITING' }
end

-- Somebody entered the room.
local function join(sid, who, room)
  local c = of_call(sid, 'state', 'room')
  if c[2] ~= room then return { 'GONE' } end
  if c[1] == 'talking' then return { 'ALREADY' } end
  if c[1] ~= 'connecting' then return { 'GONE' } end
  return is_in_the_room(sid, who, NOW)
end

-- Whoever leaves the room has been there, though the news of their coming was lost. So has the other side, if they had
-- asked for the room long enough ago to be in it: the caller hears an announcement first, the operator does not.
local function has_been_there(sid, who)
  local c = of_call(sid, 'met', 'accepted', 'picked_up')
  local met, picked_up = tonumber(c[1]), tonumber(c[3])
  if met and (who == 'caller' or NOW - met > ANNOUNCEMENT_MS) then is_in_the_room(sid, 'caller', met) end
  if picked_up and (who == 'operator' or NOW - picked_up > WAY_MS) then is_in_the_room(sid, 'operator', picked_up) end
  return one(of_call(sid, 'state')) == 'talking'
end

-- The operator never came into the room, or left it before the caller came.
local function lose(sid)
  local c = of_call(sid, 'operator', 'met')
  local operator = c[1] or ''
  local leg = one(of_operator(operator, 'leg'))
  if not happen('lose', sid, operator) then return end
  not_due('join', sid)
  if leg ~= '' then errand('hang_up', leg) end
  if c[2] then errand('redirect', sid, 'operator_lost') end
  unanswered(operator)
  idle_again(operator, seconds('missed_cooldown_seconds'))
  back_in_line(sid)
end

local function part(sid, who)
  local operator = one(of_call(sid, 'operator'))
  if not happen('part', sid, operator, nil, { 'parted', NOW, 'ended_by', who }) then return { 'ALREADY' } end
  due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  due('parting', sid, NOW + PARTING_MS)
  return { 'OK' }
end

-- A leg stands outside the room: `leg` is whose, `who` left first. BACK to a caller whose talk has not begun.
local function leave_room(sid, who, room, leg)
  local c = of_call(sid, 'state', 'room')
  local here = c[2] == room
  if here and (c[1] == 'talking' or (c[1] == 'connecting' and has_been_there(sid, leg))) then return part(sid, who) end
  if here and c[1] == 'connecting' and leg == 'operator' then lose(sid) end
  if c[1] == 'waiting' or c[1] == 'offered' or c[1] == 'connecting' then return { 'BACK' } end
  return { c[1] and 'ALREADY' or 'GONE' }
end

-- Whether this caller is to be asked how it was: after a talk, once in so many days, however often the carrier asks.
local function ask_rating(sid)
  local c = of_call(sid, 'joined', 'caller', 'asked', 'state', 'rating')
  local days = rule('rating_days')
  if not c[1] or c[4] ~= 'parting' or c[5] or days == 0 then return { 'NO' } end
  if c[3] then return { 'OK' } end
  if c[2] ~= '' and not redis.call('SET', key('asked', c[2]), 1, 'NX', 'PX', days * 86400000) then return { 'NO' } end
  redis.call('HSET', call_key(sid), 'asked', 1)
  return { 'OK' }
end

local function rate(sid, rating)
  local c = of_call(sid, 'asked', 'rating', 'arrived', 'operator')
  if not c[1] then return { 'GONE' } end
  if c[2] then return { 'ALREADY' } end
  redis.call('HSET', call_key(sid), 'rating', rating)
  tally(tonumber(c[3]), 'rating:' .. rating, 1, 'operator:' .. c[4] .. ':rating:' .. rating, 1)
  return { 'OK' }
end

-- Somebody left the room. News of a room or a phone that is no longer this call's changes nothing.
local function quit(sid, who, room, leg)
  local c = of_call(sid, 'state', 'room', 'operator')
  if c[2] ~= room then return { 'GONE' } end
  if who == 'operator' and (of_operator(c[3] or '', 'leg')[1] or leg) ~= leg then return { 'GONE' } end
  if c[1] == 'talking' or (c[1] == 'connecting' and has_been_there(sid, who)) then return part(sid, who) end
  if c[1] ~= 'connecting' then return { 'ALREADY' } end
  if who == 'operator' then lose(sid) else redis.call('HDEL', call_key(sid), 'caller_in') end
  return { 'OK' }
end

-- The operator ends the talk from the desk.
local function release(operator)
  local o = of_operator(operator, 'call', 'line', 'leg')
  if o[2] ~= 'talking' then return { 'GONE' } end
  if (o[3] or '') ~= '' then errand('hang_up', o[3]) end
  return part(o[1], 'operator')
end

-- The caller's line is down: the end, whoever says so first. `by` is who ended it, unless that is known already.
local function hang_up(sid, by)
  local c = of_call(sid, 'state', 'operator', 'outcome', 'queued', 'ended_by')
  local state, operator = c[1] or 'none', c[2] or ''
  local o = of_operator(operator, 'call', 'line', 'leg')
  local held = o[1] == sid and (o[2] == 'offered' or o[2] == 'connecting' or o[2] == 'talking')
  if not happen('hang_up', sid, held and operator or nil) then return { state == 'ended' and 'ALREADY' or 'GONE' } end
  take_out_of_line(sid)
  not_due('offer', sid)
  not_due('join', sid)
  not_due('overflow', sid)
  not_due('parting', sid)
  redis.call('ZREM', key('live'), sid)
  local outcome = c[3] or LOST[state]
  if state == 'waiting' or state == 'offered' or state == 'connecting' then keep_place(sid) end
  if outcome == 'abandoned_queue' and NOW - tonumber(c[4]) < seconds('short_abandon_seconds') then
    outcome = 'abandoned_short'
  end
  redis.call('HSET', call_key(sid), 'ended', NOW, 'outcome', outcome,
             'ended_by', c[5] or (state == 'parting' and 'hotline' or by))
  if state == 'talking' then redis.call('HSET', call_key(sid), 'parted', NOW) end
  close_the_books(sid)
  redis.call('HDEL', call_key(sid), 'place', 'told', 'told_at', 'met', 'caller_in', 'operator_in', 'room', 'turned_away', 'turned_at', 'since', 'also', 'looked',
             'picked_up')
  if held and state == 'talking' then
    due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  elseif held then
    if state == 'connecting' and (o[3] or '') ~= '' then errand('hang_up', o[3]) end
    idle_again(operator, 0)
  end
  return { 'OK' }
end

register('arrive', arrive)
register('wait', wait)
register('accept', accept)
register('decline', decline)
register('pick', pick)
register('ask_rating', ask_rating)
register('rate', rate)
register('keep_message', keep_message)
register('work_off', work_off)
register('meet', meet)
register('pick_up', pick_up)
register('join', join)
register('quit', quit)
register('leave_room', leave_room)
register('lose', function(sid, room)
  if one(of_call(sid, 'room')) ~= room then return { 'GONE' } end -- they are in another room by now
  lose(sid)
  return { 'OK' }
end)
register('release', release)
register('hang_up', hang_up)
