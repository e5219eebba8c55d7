--[[
Posts that answer in person: the official's own phone rings, then a second one, and a person is whoever presses 1; when
nobody does, the caller is told why and has a choice. A chapter of the library that acd.lua begins; its helpers are
used here.
]]

local still_ringing -- what is done for a caller of whose ringing nobody has reported the end
local away          -- what the holder of a post is at

do
local WAY_MS = 45 * 1000 -- from the last ring: the whisper, its question, and the carrier's own seconds
local NO_SUCH_PHONE = { failed = true, invalid = true }
local VAGUE = { busy = true, no_answer = true, failed = true } -- what the carrier's code may say more exactly

-- Nobody came to the phone. The reason of the first phone stands: it is the official whom the caller asked for.
local function nobody_came(sid, why, facts)
  local told = one(of_call(sid, 'missed_why'))
  local found = { 'missed_why', told ~= '' and told or why, 'missed_at', NOW, unpack(facts or {}) }
  if not happen('miss_in_person', sid, nil, why, found) then return false end
  not_due('ringing', sid)
  redis.call('HDEL', call_key(sid), 'ringing', 'joined', 'talk_since', 'answered_by', 'outcome')
  return true
end

-- What they are at, if somebody said that they cannot be rung now.
function away(line)
  local a = redis.call('HMGET', key('absent', line), 'kind', 'until')
  if (tonumber(a[2]) or 0) > NOW then return { 'away', a[1], 'away_until', a[2] } end
end

-- The phone of `whom` (own, second, duty) is about to be rung, unless there is a reason not to. Answers
-- { word, reason }: ALREADY if it was about to be before; AWAY if the caller is to be told so instead.
local function ring(sid, whom, ring_seconds, reason)
  local c = of_call(sid, 'state', 'ringing', 'line', 'rung')
  if c[1] == 'ringing' and c[2] == whom then return { 'ALREADY', '' } end
  if c[1] == 'in_person' then return { 'GONE', '' } end
  if c[1] == 'missed' and whom ~= 'duty' then return { 'AWAY', one(of_call(sid, 'missed_why')) } end
  local absent = whom ~= 'duty' and away(c[3] or '')
  if absent then reason = 'absent' end
  if reason ~= '' then return { nobody_came(sid, reason, absent or nil) and 'AWAY' or 'GONE', reason } end
  local rung = c[4] or ''
  if string.find(' ' .. rung .. ' ', ' ' .. whom .. ' ', 1, true) then return { 'GONE', '' } end -- once each
  local facts = { 'ringing', whom, 'rung', rung == '' and whom or rung .. ' ' .. whom }
  if rung == '' then facts[#facts + 1], facts[#facts + 2] = 'rang', NOW end
  if not happen('ring', sid, nil, whom, facts) then return { 'GONE', '' } end
  due('ringing', sid, NOW + ring_seconds * 1000 + WAY_MS)
  return { 'OK', '' }
end

-- The own phone of this post can be rung: whatever was wrong with it is over.
local function rings(line)
  redis.call('DEL', key('phones', line))
  redis.call('HDEL', key('phones_failing'), line)
end

-- Whoever picked up has pressed 1: a person. No machine does.
local function answer_in_person(sid, whom)
  local c = of_call(sid, 'state', 'ringing', 'line')
  if c[2] ~= whom then return { 'GONE' } end
  if c[1] == 'in_person' then return { 'ALREADY' } end
  local outcome = whom == 'duty' and 'duty_answered' or 'direct_answered'
  local facts = { 'joined', NOW, 'talk_since', NOW, 'answered_by', whom, 'outcome', outcome }
  if not happen('answer_in_person', sid, nil, whom, facts) then return { 'GONE' } end
  not_due('ringing', sid)
  if whom == 'own' then rings(c[3]) end
  return { 'OK' }
end

-- A phone that cannot be rung at all, again and again, is a published number that does not work: an alarm, once.
local function count_trouble(sid, why)
  local line = one(of_call(sid, 'line'))
  local failed = redis.call('HINCRBY', key('phones', line), 'failed', 1)
  redis.call('HSET', key('phones', line), 'why', why, 'at', NOW)
  if failed >= rule('failures_before_alarm') then redis.call('HSET', key('phones_failing'), line, why) end
end

-- The ringing of `whom` is over. `why` is nothing after a talk; `who` ended that. Answers { word, whom to ring next }:
-- OK the talk is over, BACK nobody talked.
local function rang(sid, whom, why, who, next)
  local c = of_call(sid, 'state', 'ringing', 'rung', 'missed_why', 'learnt')
  local whose, exact = string.match(c[5] or '', '^(%S+) (%S+)$')
  if whose == whom and VAGUE[why] then why = exact end
  if c[1] == 'ringing' and c[2] == whom and why == '' then -- what was pressed was lost; the carrier joined them
    answer_in_person(sid, whom)
    c[1] = 'in_person'
  end
  if c[1] == 'in_person' and c[2] == whom and why == '' then
    happen('part', sid, nil, nil, { 'parted', NOW, 'ended_by', who })
    due('parting', sid, NOW + PARTING_MS)
    return { 'OK', '' }
  end
  if c[1] == 'parting' then return { 'OK', '' } end
  if c[1] == 'missed' or (c[1] == 'ringing' and c[2] ~= whom) then return { 'BACK', c[2] or '' } end
  if (c[1] ~= 'ringing' and c[1] ~= 'in_person') or c[2] ~= whom then return { 'GONE', '' } end
  if whom == 'own' and not c[4] then
    if NO_SUCH_PHONE[why] then count_trouble(sid, why) else rings(one(of_call(sid, 'line'))) end
  end
  if c[1] == 'in_person' or next == '' then -- pressed 1 and was gone: the other phone is not rung after a person
    nobody_came(sid, why)
    next = ''
  else
    not_due('ringing', sid)
    redis.call('HSET', call_key(sid), 'missed_why', why)
    due('ringing', sid, NOW + WAY_MS)
  end
  return { 'BACK', next }
end

-- The carrier's report of the phone itself, which may come before or after what `rang` was told, or never.
local function learn_why(sid, whom, why)
  local c = of_call(sid, 'missed_why', 'rung', 'state')
  if not string.find(' ' .. (c[2] or '') .. ' ', ' ' .. whom .. ' ', 1, true) then return { 'GONE' } end
  if c[3] ~= 'ringing' and c[3] ~= 'missed' then return { 'ALREADY' } end
  redis.call('HSET', call_key(sid), 'learnt', whom .. ' ' .. why)
  if string.match(c[2], '^%S+') == whom and VAGUE[c[1] or ''] then redis.call('HSET', call_key(sid), 'missed_why', why) end
  return { 'OK' }
end

-- What the caller is to be told: { word, reason, what the official is at, until when, whether the duty office rang }.
local function reason(sid)
  local c = of_call(sid, 'state', 'missed_why', 'away', 'away_until', 'rung')
  if c[1] ~= 'missed' then return { 'GONE', '', '', 0, 0 } end
  local duty = string.find(' ' .. (c[5] or '') .. ' ', ' duty ', 1, true) and 1 or 0
  return { 'OK', c[2] or '', c[3] or '', c[4] or 0, duty }
end

-- They want somebody of the hotline instead. Answers { word, why nobody can come }.
local function turn_to_operators(sid, opening)
  local c = of_call(sid, 'state', 'queue', 'turned_away')
  if c[1] ~= 'missed' then return { c[1] and 'ALREADY' or 'GONE', c[3] or '' } end
  local why = why_not(c[2], opening)
  if why ~= '' then turn_away(sid, why) end
  return { 'OK', why }
end

-- They want nobody else: a message, or nothing.
local function give_up(sid)
  if one(of_call(sid, 'state')) ~= 'missed' then return { 'ALREADY' } end
  turn_away(sid, 'direct_missed')
  return { 'OK' }
end

function still_ringing(sid)
  if nobody_came(sid, 'failed') then errand('redirect', sid, 'official_unavailable') end
end

-- 开会, 外出, 休息 until a moment: nobody rings them, and callers are told so.
local function go_away(line, kind, until_when, by)
  if tonumber(until_when) <= NOW then return { 'GONE' } end
  redis.call('HSET', key('absent', line), 'kind', kind, 'until', until_when, 'by', by, 'since', NOW)
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', 'event', 'go_away', 'at', NOW, 'note', line)
  return { 'OK' }
end

local function come_back(line)
  if redis.call('DEL', key('absent', line)) == 0 then return { 'ALREADY' } end
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', 'event', 'come_back', 'at', NOW, 'note', line)
  return { 'OK' }
end

register('ring', ring)
register('answer_in_person', answer_in_person)
register('rang', rang)
register('learn_why', learn_why)
register('reason', reason, { 'no-writes' })
register('turn_to_operators', turn_to_operators)
register('give_up', give_up)
register('go_away', go_away)
register('come_back', come_back)
end
