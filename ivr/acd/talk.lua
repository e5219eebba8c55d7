--[[
From the offer to the goodbye: who takes the call, how both come into one room, and how they part. The fifth chapter of
the library that acd.lua begins; its helpers are used here.
]]

local guest_answers, guest_declines, guest_comes, guest_goes -- a colleague or somebody from outside, brought into it
local transfer -- the caller, to whoever is with them and the operator
local come_back -- the caller, out of a talk that others have left

-- Exactly one operator can win: the one whose line the offer rings on, while it rings.
local function accept(sid, operator, room)
  local o = of_operator(operator, 'call', 'line')
  if o[1] == sid and (o[2] == 'connecting' or o[2] == 'calling' or o[2] == 'talking') then
    return { 'ALREADY', one(of_call(sid, 'room')) }
  end
  local facts = { 'accepted', NOW, 'room', room }
  if o[1] ~= sid then return { 'GONE', '' } end
  if not happen('accept', sid, operator, nil, facts) then return guest_answers(sid, operator) end
  not_due('offer', sid)
  due('join', sid, NOW + seconds('join_seconds'))
  redis.call('HSET', operator_key(operator), 'missed', 0)
  if not is_back(sid) then errand('redirect', sid, 'meet_operator') end
  return { 'OK', room }
end

-- An operator who may takes a caller out of one of their lines, whatever their turn.
local function pick(sid, operator, room)
  local o = of_operator(operator, 'line', 'call')
  if o[2] == sid and (o[1] == 'connecting' or o[1] == 'talking') then return { 'ALREADY', one(of_call(sid, 'room')) } end
  if not has_free_hands(operator) then return { 'BUSY', '' } end
  if one(of_call(sid, 'state')) ~= 'waiting' then return { 'GONE', '' } end
  if not serves_a_line_of(operator, sid) then return { 'NO', '' } end
  offer(sid, operator)
  if is_at_a_phone(operator) then return { 'OK', '' } end -- it rings there first
  return accept(sid, operator, room)
end

-- Three in a row pause the operator (RONA, redirect on no answer): somebody should go and look.
local function unanswered(operator)
  local missed = redis.call('HINCRBY', operator_key(operator), 'missed', 1)
  if one(of_operator(operator, 'intent')) ~= 'ready' then return end -- they go anyway, or rest for a reason of theirs
  if missed >= rule('misses_before_pause') and happen('pause', nil, operator, 'RONA') then
    redis.call('HSET', operator_key(operator), 'reason', 'RONA', 'missed', 0)
  end
end

local function miss(sid)
  local operator = one(of_call(sid, 'operator'))
  if not happen('miss', sid, operator) then return end
  not_due('offer', sid)
  tally_quarter(NOW, 'missed', 1)
  unanswered(operator)
  idle_again(operator, seconds('missed_cooldown_seconds'))
  back_in_line(sid)
end

local function decline(sid, operator)
  local o = of_operator(operator, 'call', 'probe')
  if o[2] then return desk_probe.refuse(operator, sid) end
  if o[1] ~= sid then return { 'GONE' } end
  if not happen('decline', sid, operator) then return guest_declines(sid, operator, 'declined') end
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

-- The operator's phone asks for the same room. A second phone does not get into a talk. Answers { word, call, room, 1
-- for a colleague who is brought into a talk of others }; in a dial test the number that is tested, and no room.
local function pick_up(operator, leg)
  local o = of_operator(operator, 'call', 'line', 'leg', 'probe')
  if o[4] then return desk_probe.pick_up(operator, leg) end
  local rings_or_talks = o[2] == 'talking' or o[2] == 'calling'
  if o[2] ~= 'connecting' and not (rings_or_talks and o[3] == leg) then return { 'GONE', '', '', 0 } end
  redis.call('HSET', operator_key(operator), 'leg', leg)
  local c = of_call(o[1], 'room', 'operator')
  local is_guest = c[2] ~= operator
  if is_guest then redis.call('HSET', call_key(o[1]), 'guest_leg', leg)
  elseif o[2] == 'connecting' then
    redis.call('HSET', call_key(o[1]), 'picked_up', NOW)
    dial_back(o[1], operator)
  end
  return { 'OK', o[1], c[1], is_guest and 1 or 0 }
end

-- Whoever talks with us is no longer missed on this line, and need not be called back.
local function serve(sid, caller)
  no_longer_missed(sid)
  local back = caller ~= '' and not is_back(sid) and rule('callback_withdraw_when_answered') == 1
               and redis.call('GET', key('back', caller))
  if back then withdraw_back(back, 'caller', 'answered') end
end

local function talk(sid, operator)
  local c = of_call(sid, 'queue', 'queued', 'accepted', 'caller', 'caller_in', 'operator_in', 'joined', 'noticed',
                    'arrived')
  local both_in = math.max(tonumber(c[5]) or NOW, tonumber(c[6]) or NOW)
  local facts = { 'joined', c[7] or both_in, 'talk_since', both_in, 'with_since', both_in,
                  'outcome', is_back(sid) and 'called_back' or 'answered' }
  if not happen('join', sid, operator, nil, facts) then return { 'GONE' } end
  not_due('join', sid)
  redis.call('HDEL', call_key(sid), 'caller_in', 'operator_in', 'looked', 'alone')
  index(sid, 'operator', operator, c[9])
  if c[8] then errand('record', sid) end -- nobody is recorded who has not been told
  if c[2] then learn_pace(c[1], 'waited', c[3] - c[2]) end
  serve(sid, c[4])
  local window = seconds('last_operator_seconds')
  if c[4] ~= '' and window > 0 then redis.call('SET', key('last', c[4]), operator, 'PX', window) end
  return { 'OK' }
end

local OTHER = { caller = 'operator', operator = 'caller' } -- the one whom each of them talks with

-- This side is, or was, in the room since `at`; they talk when both are. `who` is caller or operator.
local function is_in_the_room(sid, who, at)
  local c = of_call(sid, who .. '_in', OTHER[who] .. '_in', 'operator')
  if not c[1] then redis.call('HSET', call_key(sid), who .. '_in', at) end
  if c[2] then return talk(sid, c[3]) end
  return { 'WAITING' }
end

-- Whose phone this is in the call: a leg that nobody knows is nobody's, and changes nothing.
local function whose(sid, operator, leg, guest_leg)
  if leg == sid then return 'caller' end
  if leg == '' then return end
  if is_back(sid) and of_call(sid, 'caller_leg')[1] == leg then return 'caller' end
  if leg == guest_leg then return 'guest' end
  if operator and of_operator(operator, 'leg')[1] == leg then return 'operator' end
end

-- A phone entered the room; somebody from outside is known by the label they were called with, too.
local function join(sid, leg, room, label)
  local c = of_call(sid, 'state', 'room', 'operator', 'guest_leg', 'guest_label')
  local who = whose(sid, c[3], leg, c[4]) or (label and label ~= '' and label == c[5] and 'guest')
  if not who or c[2] ~= room then return { 'GONE' } end
  if who == 'guest' then return guest_comes(sid, leg) end
  if c[1] == 'talking' then return { 'ALREADY' } end
  if c[1] == 'calling' and who == 'operator' then
    redis.call('HSET', call_key(sid), 'operator_in', NOW)
    return { 'WAITING' }
  end
  if c[1] ~= 'connecting' then return { 'GONE' } end
  return is_in_the_room(sid, who, NOW)
end

-- Whoever leaves the room has been there, though the news of their coming was lost. So has the other side, if they had
-- asked for the room long enough ago to be in it: the caller hears an announcement first, the operator does not. Of a
-- line that is down nobody knows who left (`who` is nil): both are judged by when they asked, and the operator's phone
-- is put down, for it may be in the room still. Nil if both only asked, of which nothing may have come when the answers
-- were lost with their worker, and `asks`: the carrier knows.
function has_been_there(sid, who, asks)
  local c = of_call(sid, 'met', 'picked_up', 'caller_in', 'operator_in')
  local met, picked_up = tonumber(c[1]), tonumber(c[2])
  local caller_asked = met and (who == 'caller' or NOW - met > ANNOUNCEMENT_MS)
  local operator_asked = picked_up and (who == 'operator' or NOW - picked_up > WAY_MS)
  if asks and caller_asked and operator_asked and not c[3] and not c[4] then return nil end
  if caller_asked then is_in_the_room(sid, 'caller', met) end
  if operator_asked then is_in_the_room(sid, 'operator', picked_up) end
  local c = of_call(sid, 'state', 'operator')
  if c[1] ~= 'talking' then return false end
  local leg = not who and one(of_operator(c[2], 'leg')) or ''
  if leg ~= '' then errand('hang_up', leg) end
  return true
end

-- The operator never came into the room, or left it before the caller came.
local function lose(sid)
  local c = of_call(sid, 'operator', 'met', 'caller_leg')
  local operator = c[1] or ''
  local leg = one(of_operator(operator, 'leg'))
  if not happen('lose', sid, operator) then return end
  not_due('join', sid)
  not_due('call', sid)
  if leg ~= '' then errand('hang_up', leg) end
  if c[2] and not c[3] then errand('redirect', sid, 'operator_lost') end
  unanswered(operator)
  idle_again(operator, seconds('missed_cooldown_seconds'))
  back_in_line(sid)
end

-- The talk is over, and they are still on the line: out of a room that nobody else will come to, to the last words.
-- Whom we called is known to the carrier by their own leg.
local function still_parting(sid)
  local c = of_call(sid, 'state', 'caller_leg', 'room', 'language')
  if c[1] ~= 'parting' then return end
  if not is_back(sid) then return errand('redirect', sid, 'thank') end
  if c[2] then errand('tell', c[2], 'after_call_back?call=' .. sid .. '&room=' .. c[3] .. ' ' .. (c[4] or '')) end
end

local function part(sid, who)
  nobody_listens(sid)
  local c = of_call(sid, 'operator', 'guest', 'hold', 'guarded')
  local operator = c[2] ~= 'handed' and c[1] or nil -- whoever handed the caller on has other things to do
  if not happen('part', sid, operator, nil, { 'parted', NOW, 'ended_by', who }) then return { 'ALREADY' } end
  if c[4] and who == 'operator' then still_parting(sid) end -- the room does not end with them
  company_leaves(sid, c[2], c[3])
  if operator then due('wrap_up', operator, NOW + seconds('wrap_up_seconds')) end
  due('parting', sid, NOW + PARTING_MS)
  return { 'OK' }
end

-- A caller must not be thanked whom nobody meant to leave: whose operator's softphone was lost out of the talk (to hang
-- up is a key of the desk, and is no news by now), or who was on hold, or with somebody they had been handed to.
local function left_alone(sid, who, guest, hold, guarded)
  local operator = one(of_call(sid, 'operator'))
  if guarded and who == 'operator' and guest == 'conference' then return transfer(operator) end
  local lost = who == 'operator' and (hold == 'on' or not is_at_a_phone(operator))
  if guest ~= 'handed' and not lost then return false end
  come_back(sid, guest ~= 'handed')
  return true
end

-- A phone stands outside the room. While it is `up`, it was the other side that left. BACK to a caller whose talk has
-- not begun, ALONE to one who is to be told that the others are gone.
local function leave_room(sid, leg, room, up)
  local c = of_call(sid, 'state', 'room', 'operator', 'guest_leg', 'guest', 'hold', 'alone', 'guarded',
                    'told_leg', 'old_leg')
  local who = whose(sid, c[3], leg, c[4])
  local here = c[2] == room and who
  if (c[7] == room and leg == sid) or (is_back(sid) and c[9] == leg) then return { 'ALONE' } end
  if is_back(sid) and c[10] == leg then return { 'BACK' } end
  if here and c[1] == 'connecting' and has_been_there(sid, who) then c[1] = 'talking' end
  if here and c[1] == 'talking' then
    if c[5] == 'handed' and who == 'operator' then return { 'ALREADY' } end -- as they should
    local left = up == 'up' and OTHER[who] or who
    if left ~= 'caller' and left_alone(sid, left, c[5], c[6], c[8]) then return { who == 'caller' and 'ALONE' or 'OK' } end
    if who == 'guest' then return guest_goes(sid, 'left') end
  end
  if here and c[1] == 'talking' then
    return part(sid, (who == 'caller') == (up == 'up') and 'operator' or 'caller')
  end
  if here and (c[1] == 'connecting' or c[1] == 'calling') and who == 'operator' then lose(sid) end
  if c[1] == 'waiting' or c[1] == 'offered' or c[1] == 'connecting' or c[1] == 'calling' then return { 'BACK' } end
  return { c[1] and 'ALREADY' or 'GONE' }
end

do
  -- Whether this caller is to be asked how it was: after a talk, once in so many days, however often the carrier asks.
  local function ask_rating(sid)
    local c = of_call(sid, 'joined', 'caller', 'asked', 'state', 'rating')
    local days = rule('rating_days')
    if not c[1] or c[4] ~= 'parting' or c[5] or days == 0 then return 'NO' end
    if c[3] then return 'OK' end
    if c[2] ~= '' and not redis.call('SET', key('asked', c[2]), 1, 'NX', 'PX', days * 86400000) then return 'NO' end
    redis.call('HSET', call_key(sid), 'asked', 1)
    return 'OK'
  end

  -- The caller's phone stands outside the room. Answers { word, OK if they are to be asked how it was }.
  local function leave_talk(sid, leg, room, up)
    local word = leave_room(sid, leg, room, up)[1]
    local goes_on = word == 'ALONE' or word == 'BACK'
    return { word, goes_on and 'NO' or ask_rating(sid) }
  end

  local function rate(sid, rating)
    local c = of_call(sid, 'asked', 'rating', 'arrived', 'operator')
    if not c[1] then return { 'GONE' } end
    if c[2] then return { 'ALREADY' } end
    redis.call('HSET', call_key(sid), 'rating', rating)
    local counts = { 'rating:' .. rating, 1 }
    if c[4] then counts[3], counts[4] = 'operator:' .. c[4] .. ':rating:' .. rating, 1 end
    tally(tonumber(c[3]), unpack(counts))
    return { 'OK' }
  end

  register('leave_talk', leave_talk)
  register('rate', rate)
end

-- A phone left the room. News of a room or a phone that is no longer this call's changes nothing.
local function quit(sid, leg, room)
  local c = of_call(sid, 'state', 'room', 'operator', 'guest_leg', 'guest', 'hold', 'guarded')
  local who = whose(sid, c[3], leg, c[4])
  if not who or c[2] ~= room then return { 'GONE' } end
  if c[1] == 'connecting' and has_been_there(sid, who) then c[1] = 'talking' end
  if c[1] == 'talking' and who ~= 'caller' then
    if c[5] == 'handed' and who == 'operator' then return { 'ALREADY' } end
    if left_alone(sid, who, c[5], c[6], c[7]) then return { 'OK' } end
  end
  if who == 'guest' then return guest_goes(sid, 'left') end
  if c[1] == 'talking' then return part(sid, who) end
  if c[1] ~= 'connecting' and (c[1] ~= 'calling' or who ~= 'operator') then return { 'ALREADY' } end
  if who == 'operator' then lose(sid) else redis.call('HDEL', call_key(sid), 'caller_in') end
  return { 'OK' }
end

-- The operator ends the talk from the desk.
local function release(operator)
  local o = of_operator(operator, 'call', 'line', 'leg', 'probe')
  if o[4] then return desk_probe.release(operator) end
  if o[2] == 'calling' then return put_off(o[1], 'given_up') end -- it has rung long enough
  if o[2] ~= 'talking' then return { 'GONE' } end
  local c = of_call(o[1], 'operator', 'guest')
  if c[1] ~= operator then return guest_goes(o[1], 'left') end
  if c[2] == 'consulting' then return { 'BUSY' } end
  if (o[3] or '') ~= '' then errand('hang_up', o[3]) end
  return part(o[1], 'operator')
end

register('decline', decline)
register('pick', pick)
register('meet', meet)
register('pick_up', pick_up)
register('join', join)
register('quit', quit)
register('leave_room', leave_room)
register('lose', function(sid, room, is_over)
  if one(of_call(sid, 'room')) ~= room then return { 'GONE' } end -- they are in another room by now
  if is_over == '1' and one(of_call(sid, 'state')) == 'connecting' and has_been_there(sid) then return part(sid, 'carrier') end
  lose(sid)
  return { 'OK' }
end)
register('release', release)
