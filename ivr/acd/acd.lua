#!lua name=acd
--[[
The queue: every move that two workers could race for, each one atomic.

Call it with FCALL acd_<move> 1 {hotline}: <now in ms> <arguments>. The one key given is what every key of the
hotline begins with. A function that chooses a call or an operator must spell their keys itself; that is safe in a
cluster because the braces put all of them into one slot.

    call:<sid>          hash    state since line caller queue also place arrived queued offered accepted joined parted
                                ended operator room outcome ended_by waited talked wrapped moves t1 t2 ...
                                (t<n> is the timeline: "<ms since arrival> <event> <operator>")
    operator:<id>       hash    presence intent reason line (each with <name>_since), call, leg, queues, lease,
                                free_since, rest_until, missed
    operators           set     every operator who ever signed in
    on_shift:<queue>    set     operators who are present
    idle:<queue>        zset    operators who can take a call now, by free_since
    waiting:<queue>     zset    calls, by place: priority first, then arrival in the queue
    live                zset    calls that are not over, by arrival
    due                 zset    "<what>:<id>" by the moment at which somebody must act
    events, errands     streams every move; what the phone company must be asked to do
    last:<caller>       string  the operator they talked with, for a while
    place:<caller>      string  queue and place of a caller whose call was lost in the line, for a while
    pace:<queue>        hash    how long calls keep an operator, how long the answered waited, and of how many we know
    shares              hash    how much of the operators' time each queue has had, over its share of it
    calls, calls:line:<number>, calls:caller:<number>, calls:operator:<id>, calls:outcome:<word>
                        zsets   of call sids, by arrival
    tally:<hour>        hash    counts of the hour (since 1970) in which the calls arrived
    rules               hash    seconds and limits, as the profile gives them

Times are milliseconds since 1970, always an argument; Valkey's own clock is never asked. A function that fails half
way is not undone: each checks everything first and writes after. Answers are words.
]]

-- event -> who moves -> { state before = state after }. What is not written here does not happen.
local MOVES = {
  arrive    = { call = { none = 'greeting' } },
  turn_away = { call = { greeting = 'parting', waiting = 'parting' } },
  wait      = { call = { greeting = 'waiting' } },
  offer     = { call = { waiting = 'offered' },    line = { idle = 'offered' } },
  accept    = { call = { offered = 'connecting' }, line = { offered = 'connecting' } },
  miss      = { call = { offered = 'waiting' },    line = { offered = 'idle' } },
  decline   = { call = { offered = 'waiting' },    line = { offered = 'idle' } },
  join      = { call = { connecting = 'talking' }, line = { connecting = 'talking' } },
  lose      = { call = { connecting = 'waiting' }, line = { connecting = 'idle' } },
  part      = { call = { talking = 'parting' },    line = { talking = 'wrap_up' } },
  hang_up   = { call = { greeting = 'ended', waiting = 'ended', offered = 'ended', connecting = 'ended',
                         talking = 'ended', parting = 'ended' },
                line = { offered = 'idle', connecting = 'idle', talking = 'wrap_up' } },
  finish    = { line = { wrap_up = 'idle' } },
  heal      = { line = { offered = 'idle', connecting = 'idle', talking = 'idle' } },
  rescue    = { call = { offered = 'waiting', connecting = 'waiting' } },
  ready     = { intent = { paused = 'ready', leaving = 'ready' } },
  pause     = { intent = { ready = 'paused', leaving = 'paused', paused = 'paused' } },
  leave     = { intent = { ready = 'leaving', paused = 'leaving' } },
  sign_in   = { presence = { off = 'on' }, intent = { ready = 'paused', paused = 'paused', leaving = 'paused' } },
  lapse     = { presence = { on = 'lapsed' } },
  renew     = { presence = { lapsed = 'on' } },
  sign_out  = { presence = { on = 'off', lapsed = 'off' } },
}
local AT_FIRST = { call = 'none', line = 'idle', intent = 'paused', presence = 'off' }

-- What a caller who hangs up in this state has suffered.
local LOST = { greeting = 'abandoned_greeting', waiting = 'abandoned_queue', offered = 'abandoned_ringing',
               connecting = 'abandoned_ringing', talking = 'answered', parting = 'answered' }

local EVENTS_KEPT = 20000
local TIMELINE_KEPT = 100      -- moves; a call that is declined all day must not grow without end
local AWAY_MS = 10 * 60 * 1000 -- a console that has been silent this long is signed out
local SAME_MS = 3000           -- a request within this time of its like is the carrier repeating itself
local PARTING_MS = 30 * 1000   -- to hear the last words; whoever is still on the line then is fetched out of the room
local PACE_OF_LATE = 20        -- calls that the pace of a queue is the average of
local TOP = 9                  -- the highest priority
local URGENT = 2e13            -- places before this are of priority 8 and 9: they wait for nobody's share

local ROOT, NOW -- of the function under way: FCALL runs one at a time

---------------------------------------------------------------------------------------------------- the ground

local function key(name, id) return ROOT .. name .. (id and ':' .. id or '') end
local function call_key(sid) return key('call', sid) end
local function operator_key(id) return key('operator', id) end

local function of_call(sid, ...) return redis.call('HMGET', call_key(sid), ...) end
local function of_operator(id, ...) return redis.call('HMGET', operator_key(id), ...) end
local function one(reply) return reply[1] or '' end

local function rule(name) return tonumber(redis.call('HGET', key('rules'), name)) or 0 end
local function seconds(name) return rule(name) * 1000 end

local function due(what, id, at) redis.call('ZADD', key('due'), at, what .. ':' .. id) end
local function not_due(what, id) redis.call('ZREM', key('due'), what .. ':' .. id) end

local function errand(what, sid, step)
  redis.call('XADD', key('errands'), '*', 'what', what, 'sid', sid, 'step', step or '', 'at', NOW)
end

local function words(text)
  local list = {}
  for word in string.gmatch(text or '', '%S+') do list[#list + 1] = word end
  return list
end

-- The queues an operator serves, best level first among equals: "main=2 tax" is level 2 for main and 0 for tax.
local function served(operator)
  local list = {}
  for _, word in ipairs(words(one(of_operator(operator, 'queues')))) do
    local name, level = string.match(word, '^([^=]+)=?(%d*)$')
    list[#list + 1] = { name = name, level = tonumber(level) or 0 }
  end
  return list
end

-- The lines a call stands in: its own, and after a while those that it overflows to.
local function lines_of(sid)
  local c = of_call(sid, 'queue', 'also')
  return words((c[1] or '') .. ' ' .. (c[2] or ''))
end

-- A call's state, and the line of its timeline that says how it came to it.
local function move_call(sid, to, moment)
  local c = of_call(sid, 'moves', 'arrived')
  local n, after = (tonumber(c[1]) or 0) + 1, NOW - (tonumber(c[2]) or NOW)
  local fields = { 'state', to, 'since', NOW, 'moves', n }
  if n <= TIMELINE_KEPT then
    fields[7], fields[8] = 't' .. n, string.format('%d %s', after, moment)
  end
  redis.call('HSET', call_key(sid), unpack(fields))
end

local function state_of(part, id)
  local found = part == 'call' and of_call(id, 'state') or of_operator(id, part)
  return found[1] or AT_FIRST[part]
end

-- The only place where a state is written. All who take part must be able to move, or nobody does; the move, its line
-- in the timeline and its announcement are one act.
local function happen(event, sid, operator, note)
  local steps = {}
  for part, moves in pairs(MOVES[event]) do
    local id = part == 'call' and sid or operator
    if id and id ~= '' then
      local to = moves[state_of(part, id)]
      if not to then return false end
      steps[part] = { id = id, to = to }
    end
  end
  local news = { 'event', event, 'at', NOW, 'call', sid or '', 'operator', operator or '', 'note', note or '' }
  for part, step in pairs(steps) do
    if part == 'call' then
      local who = operator or note
      move_call(step.id, step.to, who and who ~= '' and event .. ' ' .. who or event)
    else
      redis.call('HSET', operator_key(step.id), part, step.to, part .. '_since', NOW)
    end
    news[#news + 1], news[#news + 2] = part, step.to
  end
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', unpack(news))
  return true
end

---------------------------------------------------------------------------------------------------- the books

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
  local c = of_call(sid, 'outcome', 'queued', 'accepted', 'joined', 'parted', 'line', 'operator', 'arrived')
  local outcome, queued, accepted, joined = c[1], tonumber(c[2]), tonumber(c[3]), tonumber(c[4])
  local parted, line, operator = tonumber(c[5]) or NOW, c[6], c[7]
  local counts = { 'outcome:' .. outcome, 1, 'line:' .. line .. ':' .. outcome, 1 }
  local function count(name, by) counts[#counts + 1], counts[#counts + 2] = name, by end
  if queued then
    local waited = (joined and accepted or NOW) - queued
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

---------------------------------------------------------------------------------------------------- matching

local settle -- an operator's place among the idle; needed by what frees one

-- How much of the operators' time a queue has had, over its share of it; a queue without a share has had nothing yet.
local function had_of_its_share(queue)
  if rule('share:' .. queue) == 0 then return 0 end
  return tonumber(redis.call('HGET', key('shares'), queue)) or 0
end

-- One more of its callers is served. `*` is how far the queue that was served last had come.
local function use_share(queue)
  local share = rule('share:' .. queue)
  if share == 0 then return end
  local had = had_of_its_share(queue)
  redis.call('HSET', key('shares'), '*', string.format('%.6f', had), queue, string.format('%.6f', had + 1 / share))
end

-- A queue that was empty does not come back with all that it did not use: it starts where the others are.
local function share_from_now(queue)
  if rule('share:' .. queue) == 0 or redis.call('ZCARD', key('waiting', queue)) > 0 then return end
  local others = tonumber(redis.call('HGET', key('shares'), '*')) or 0
  redis.call('HSET', key('shares'), queue, string.format('%.6f', math.max(had_of_its_share(queue), others)))
end

local function put_in_line(sid)
  local place = one(of_call(sid, 'place'))
  for _, queue in ipairs(lines_of(sid)) do
    share_from_now(queue)
    redis.call('ZADD', key('waiting', queue), place, sid)
  end
end

local function take_out_of_line(sid)
  for _, queue in ipairs(lines_of(sid)) do redis.call('ZREM', key('waiting', queue), sid) end
end

local function unsettle(operator)
  for _, queue in ipairs(served(operator)) do redis.call('ZREM', key('idle', queue.name), operator) end
end

local function offer(sid, operator)
  if not happen('offer', sid, operator) then return end
  take_out_of_line(sid)
  unsettle(operator)
  redis.call('HSET', call_key(sid), 'offered', NOW, 'operator', operator)
  redis.call('HSET', operator_key(operator), 'call', sid)
  due('offer', sid, NOW + seconds('ring_seconds'))
end

local function lapse(operator)
  unsettle(operator)
  if not happen('lapse', nil, operator) then return end
  for _, queue in ipairs(served(operator)) do redis.call('SREM', key('on_shift', queue.name), operator) end
  not_due('lease', operator)
  due('away', operator, NOW + AWAY_MS)
end

-- Whether a call may ring there now. A console that has gone silent is not rung.
local function still_there(operator)
  if tonumber(one(of_operator(operator, 'lease'))) > NOW then return true end
  lapse(operator)
  return false
end

-- Whoever talked with this caller last, if that was not long ago and they are free for one of these lines.
local function who_knows_them(sid, queues)
  local caller = one(of_call(sid, 'caller'))
  local last = caller ~= '' and redis.call('GET', key('last', caller))
  if not last then return nil end
  for _, queue in ipairs(queues) do
    if redis.call('ZSCORE', key('idle', queue), last) and still_there(last) then return last end
  end
end

-- A caller is free: to the operator who knows them, else the best for their line, else the longest idle of the best.
local function match_call(sid)
  local queues = lines_of(sid)
  local known = who_knows_them(sid, queues)
  if known then return offer(sid, known) end
  for _, queue in ipairs(queues) do
    local idle = key('idle', queue)
    local operator = one(redis.call('ZRANGE', idle, 0, 0))
    while operator ~= '' do
      if still_there(operator) then return offer(sid, operator) end
      operator = one(redis.call('ZRANGE', idle, 0, 0))
    end
  end
end

-- An operator is free: the caller with the best place in any of their queues; between queues with shares, the one that
-- has had least of its share. A caller of high priority is before all that.
local function match_operator(operator, queues)
  local best, best_place, best_queue, least
  for _, queue in ipairs(queues) do
    local first = redis.call('ZRANGE', key('waiting', queue.name), 0, 0, 'WITHSCORES')
    local place = tonumber(first[2])
    local had = place and (place < URGENT and -1 or had_of_its_share(queue.name))
    if place and (not best or had < least or (had == least and place < best_place)) then
      best, best_place, best_queue, least = first[1], place, queue.name, had
    end
  end
  if not best then return end
  use_share(best_queue)
  offer(best, operator)
end

function settle(operator)
  local o = of_operator(operator, 'presence', 'intent', 'line', 'rest_until', 'queues', 'free_since', 'lease')
  local free = o[1] == 'on' and o[2] == 'ready' and (o[3] or 'idle') == 'idle' and (tonumber(o[7]) or 0) > NOW
  if not free or (tonumber(o[4]) or 0) > NOW then return unsettle(operator) end
  local queues = served(operator)
  for _, queue in ipairs(queues) do
    local rank = (TOP - queue.level) * 1e13 + (tonumber(o[6]) or NOW)
    redis.call('ZADD', key('idle', queue.name), string.format('%.0f', rank), operator)
  end
  match_operator(operator, queues)
end

-- The operator holds no call any more: free since now, and after a rest if there is a reason for one.
local function free(operator, rest_ms)
  redis.call('HDEL', operator_key(operator), 'call', 'leg')
  redis.call('HSET', operator_key(operator), 'free_since', NOW, 'rest_until', NOW + rest_ms)
  if rest_ms > 0 then due('rest', operator, NOW + rest_ms) end
end

local sign_out -- what whoever is leaving does as soon as their line is idle

-- The operator's line is idle again, for whatever reason: they leave, if that is what they wanted, or take their place.
local function idle_again(operator, rest_ms)
  free(operator, rest_ms)
  if one(of_operator(operator, 'intent')) == 'leaving' then sign_out(operator) else settle(operator) end
end

-- The caller goes back to their own place, never to the end of the line.
local function back_in_line(sid)
  redis.call('HDEL', call_key(sid), 'operator', 'room', 'accepted', 'met', 'looked', 'caller_in', 'operator_in')
  put_in_line(sid)
  match_call(sid)
end

---------------------------------------------------------------------------------------------------- a call's life

local REFUSED = { full = 'FULL', waited_too_long = 'TOO_LONG' }

local function line_is_full(queue) return redis.call('ZCARD', key('waiting', queue)) >= rule('max_waiting') end

local function turn_away(sid, why)
  if not happen('turn_away', sid, nil, why) then return end
  redis.call('HSET', call_key(sid), 'turned_away', why, 'outcome', why)
end

-- A published number is dialled. `opening` is open or closed, as the calendar says.
local function arrive(sid, line, caller, queue, priority, opening)
  if not happen('arrive', sid) then return { 'ALREADY', one(of_call(sid, 'turned_away')) } end
  redis.call('HSET', call_key(sid), 'arrived', NOW, 'line', line, 'caller', caller, 'queue', queue,
             'priority', priority)
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

-- A caller whose call was lost in the line, and who soon calls again, finds their place kept.
local function keep_place(sid)
  local c = of_call(sid, 'caller', 'queue', 'place')
  local minutes = seconds('regain_seconds')
  if c[1] == '' or not c[3] or minutes == 0 then return end
  redis.call('SET', key('place', c[1]), c[2] .. ' ' .. c[3], 'PX', minutes)
end

local function regained_place(sid)
  local c = of_call(sid, 'caller', 'queue')
  local kept = c[1] ~= '' and redis.call('GETDEL', key('place', c[1]))
  local queue, place = string.match(kept or '', '^(%S+) (%d+)$')
  return queue == c[2] and place or nil
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
    local place = (TOP - tonumber(one(of_call(sid, 'priority')))) * 1e13 + NOW
    redis.call('HSET', call_key(sid), 'queued', NOW, 'place', regained_place(sid) or string.format('%.0f', place))
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
  if o[1] ~= sid or not happen('accept', sid, operator) then return { 'GONE', '' } end
  not_due('offer', sid)
  due('join', sid, NOW + seconds('join_seconds'))
  redis.call('HSET', call_key(sid), 'accepted', NOW, 'room', room)
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
  local c = of_call(sid, 'state', 'room', 'operator')
  if c[1] == 'connecting' or c[1] == 'talking' then
    redis.call('HSET', call_key(sid), 'met', 1)
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
  return { 'OK', o[1], one(of_call(o[1], 'room')) }
end

local function talk(sid, operator)
  if not happen('join', sid, operator) then return { 'GONE' } end
  not_due('join', sid)
  redis.call('HSET', call_key(sid), 'joined', NOW, 'outcome', 'answered')
  redis.call('HDEL', call_key(sid), 'caller_in', 'operator_in', 'looked')
  index(sid, 'operator', operator)
  local c = of_call(sid, 'queue', 'queued', 'accepted')
  learn_pace(c[1], 'waited', c[3] - c[2])
  local caller, window = one(of_call(sid, 'caller')), seconds('last_operator_seconds')
  if caller ~= '' and window > 0 then redis.call('SET', key('last', caller), operator, 'PX', window) end
  return { 'OK' }
end

-- Somebody entered the room; they talk when both are in. `who` is caller or operator.
local function join(sid, who, room)
  local c = of_call(sid, 'state', 'room', 'operator')
  if c[2] ~= room then return { 'GONE' } end
  if c[1] == 'talking' then return { 'ALREADY' } end
  if c[1] ~= 'connecting' then return { 'GONE' } end
  redis.call('HSET', call_key(sid), who .. '_in', 1)
  local inside = of_call(sid, 'caller_in', 'operator_in')
  if inside[1] and inside[2] then return talk(sid, c[3]) end
  return { 'WAITING' }
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
  if not happen('part', sid, operator) then return { 'ALREADY' } end
  redis.call('HSET', call_key(sid), 'parted', NOW, 'ended_by', who)
  due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  due('parting', sid, NOW + PARTING_MS)
  return { 'OK' }
end

-- A leg stands outside the room: `leg` is whose, `who` left first. BACK to a caller whose talk has not begun.
local function leave_room(sid, who, room, leg)
  local c = of_call(sid, 'state', 'room')
  if c[1] == 'talking' and c[2] == room then return part(sid, who) end
  if c[1] == 'connecting' and c[2] == room and leg == 'operator' then lose(sid) end
  if c[1] == 'waiting' or c[1] == 'offered' or c[1] == 'connecting' then return { 'BACK' } end
  return { c[1] and 'ALREADY' or 'GONE' }
end

-- Somebody left the room. News of a room or a phone that is no longer this call's changes nothing.
local function quit(sid, who, room, leg)
  local c = of_call(sid, 'state', 'room', 'operator')
  if c[2] ~= room then return { 'GONE' } end
  if who == 'operator' and (of_operator(c[3] or '', 'leg')[1] or leg) ~= leg then return { 'GONE' } end
  if c[1] == 'talking' then return part(sid, who) end
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
  redis.call('HDEL', call_key(sid), 'place', 'told', 'told_at', 'met', 'caller_in', 'operator_in', 'room', 'turned_away', 'since', 'also', 'looked')
  if held and state == 'talking' then
    due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  elseif held then
    if state == 'connecting' and (o[3] or '') ~= '' then errand('hang_up', o[3]) end
    idle_again(operator, 0)
  end
  return { 'OK' }
end

---------------------------------------------------------------------------------------------------- an operator's day

local function on_shift(operator)
  for _, queue in ipairs(served(operator)) do redis.call('SADD', key('on_shift', queue.name), operator) end
end

local function off_shift(operator)
  unsettle(operator)
  for _, queue in ipairs(served(operator)) do redis.call('SREM', key('on_shift', queue.name), operator) end
end

local function lease(operator)
  local until_when = NOW + seconds('lease_seconds')
  redis.call('HSET', operator_key(operator), 'lease', until_when)
  due('lease', operator, until_when)
end

-- Somebody sits down. They say when they are ready; coming back to an open shift changes nothing of what they said.
local function sign_in(operator, queues)
  off_shift(operator)
  redis.call('SADD', key('operators'), operator)
  redis.call('HSET', operator_key(operator), 'queues', queues)
  local new = happen('sign_in', nil, operator)
  if new then
    redis.call('HSET', operator_key(operator), 'reason', '', 'free_since', NOW, 'missed', 0, 'rest_until', 0)
  else
    happen('renew', nil, operator)
  end
  not_due('away', operator)
  lease(operator)
  on_shift(operator)
  settle(operator)
  return { new and 'OK' or 'ALREADY' }
end

-- The console's heartbeat. BACK after a silence; GONE when they are signed out.
local function renew(operator)
  if (of_operator(operator, 'presence')[1] or 'off') == 'off' then return { 'GONE' } end
  lease(operator)
  if not happen('renew', nil, operator) then return { 'OK' } end
  not_due('away', operator)
  on_shift(operator)
  settle(operator)
  return { 'BACK' }
end

local function finish(operator)
  local sid = one(of_operator(operator, 'call'))
  if not happen('finish', nil, operator) then return { 'ALREADY' } end
  not_due('wrap_up', operator)
  local c = of_call(sid, 'parted', 'arrived', 'queue', 'joined')
  if c[1] then
    redis.call('HSET', call_key(sid), 'wrapped', NOW - c[1])
    learn_pace(c[3], 'handled', NOW - c[4])
    tally(tonumber(c[2]), 'wrapped_ms', NOW - c[1])
  end
  idle_again(operator, 0)
  return { 'OK' }
end

function sign_out(operator)
  local o = of_operator(operator, 'presence', 'line')
  if (o[1] or 'off') == 'off' then return { 'ALREADY' } end
  if o[2] == 'offered' or o[2] == 'connecting' or o[2] == 'talking' then return { 'BUSY' } end
  off_shift(operator)
  happen('sign_out', nil, operator)
  if o[2] == 'wrap_up' then finish(operator) end
  not_due('lease', operator)
  not_due('away', operator)
  not_due('rest', operator)
  return { 'OK' }
end

local function present(operator) return (one(of_operator(operator, 'presence')) == 'on') end

local function ready(operator)
  if not present(operator) then return { 'GONE' } end
  local moved = happen('ready', nil, operator)
  if moved then redis.call('HSET', operator_key(operator), 'reason', '', 'missed', 0, 'free_since', NOW) end
  settle(operator)
  return { moved and 'OK' or 'ALREADY' }
end

-- A pause while the phone rings does not stop the ringing: it holds from the next call on.
local function pause(operator, reason)
  if not present(operator) then return { 'GONE' } end
  happen('pause', nil, operator, reason)
  redis.call('HSET', operator_key(operator), 'reason', reason)
  settle(operator)
  return { 'OK' }
end

-- After this call. With no call, at once.
local function leave(operator)
  if not present(operator) then return { 'GONE' } end
  local moved = happen('leave', nil, operator)
  settle(operator)
  if (of_operator(operator, 'line')[1] or 'idle') == 'idle' then return sign_out(operator) end
  return { moved and 'OK' or 'ALREADY' }
end

---------------------------------------------------------------------------------------------------- the clock

local function silent(operator)
  local o = of_operator(operator, 'lease', 'line', 'call')
  if (tonumber(o[1]) or 0) > NOW then return due('lease', operator, o[1]) end
  lapse(operator)
  if o[2] == 'offered' then miss(o[3]) end
end

local function away(operator)
  if sign_out(operator)[1] == 'BUSY' then due('away', operator, NOW + AWAY_MS) end
end

-- Nobody reported both in the room. If both asked for it, news may have been lost: somebody looks in, once.
local function join_late(sid)
  local c = of_call(sid, 'operator', 'met', 'looked', 'room')
  local leg = one(of_operator(c[1] or '', 'leg'))
  if not c[2] or leg == '' or c[3] then return lose(sid) end
  redis.call('HSET', call_key(sid), 'looked', 1)
  errand('look_in', sid, c[4] .. ' ' .. leg)
  due('join', sid, NOW + seconds('join_seconds'))
end

-- They have had time to hear the last words, and are still on the line: out of a room that nobody else will come to.
local function still_parting(sid)
  if one(of_call(sid, 'state')) == 'parting' then errand('redirect', sid, 'thank') end
end

-- The caller has waited long enough for their own line alone.
local function overflow(sid)
  local c = of_call(sid, 'state', 'queue')
  if c[1] ~= 'waiting' and c[1] ~= 'offered' and c[1] ~= 'connecting' then return end
  redis.call('HSET', call_key(sid), 'also', redis.call('HGET', key('rules'), 'overflow_to:' .. c[2]) or '')
  if c[1] ~= 'waiting' then return end
  put_in_line(sid)
  match_call(sid)
end

local WHEN_DUE = { offer = miss, join = join_late, wrap_up = finish, rest = settle, lease = silent, overflow = overflow, parting = still_parting,
                   away = away }

-- Act on what is due, at most `limit` of it. Any worker, at any time: whoever looks first acts.
local function tick(limit)
  local list = redis.call('ZRANGEBYSCORE', key('due'), '-inf', NOW, 'LIMIT', 0, tonumber(limit))
  for _, item in ipairs(list) do
    redis.call('ZREM', key('due'), item)
    local what, id = string.match(item, '^([%w_]+):(.+)$')
    WHEN_DUE[what](id)
  end
  return #list
end

---------------------------------------------------------------------------------------------------- registrations

local function register(name, act, flags)
  redis.register_function({
    function_name = 'acd_' .. name,
    callback = function(keys, args)
      ROOT, NOW = keys[1], tonumber(args[1])
      return act(unpack(args, 2))
    end,
    flags = flags or {},
  })
end

register('arrive', arrive)
register('wait', wait)
register('accept', accept)
register('decline', decline)
register('pick', pick)
register('meet', meet)
register('pick_up', pick_up)
register('join', join)
register('quit', quit)
register('leave_room', leave_room)
register('lose', function(sid) lose(sid) return { 'OK' } end)
register('release', release)
register('hang_up', hang_up)
register('sign_in', sign_in)
register('sign_out', sign_out)
register('renew', renew)
register('ready', ready)
register('pause', pause)
register('leave', leave)
register('finish', finish)
register('tick', tick)
