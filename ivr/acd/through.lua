--[[
The dial test that goes on to a person (拨测到人): the phones of a post that answers in person ring as they would for a
caller, and whoever presses 1 has passed. It is the same test, on the same number, with states of its own: no call, no
promise, no text, and nothing in the books of those phones. Its helpers are used here.
]]

do
  local WAY_MS = 45 * 1000    -- from the last ring: the whisper, its question, and the carrier's own seconds
  local ENDING_MS = 30 * 1000 -- in which the carrier says that our leg is down
  local VAGUE = { busy = true, no_answer = true, failed = true } -- what the carrier's code may say more exactly

  -- The test of this number that came in as this call and goes on to an official: its state, the phone that rings, those
  -- that have rung, and the phone that somebody or something has picked up.
  local function of_test(number, sid)
    local p = redis.call('HMGET', key('probe', number), 'state', 'ringing', 'rung', 'picked', 'inbound', 'way')
    if p[5] ~= sid or p[6] ~= 'official' then return 'none', '', '', '' end
    return p[1], p[2] or '', p[3] or '', p[4] or ''
  end

  -- Nobody was proved to answer, and the test ends with this.
  local function miss_probe(number, whom, why, facts)
    if not happen_to('probe', 'miss_probe', number, why, { 'why_' .. whom, why, unpack(facts or {}) }) then return false end
    due('probe', number, NOW + ENDING_MS)
    return true
  end
  desk_probe.fail = miss_probe

  -- The phone of `whom` (own, second) is about to be rung, unless there is a reason not to. Answers OK, ALREADY, AWAY if
  -- the test is over for a reason, GONE.
  local function ring_probe(number, sid, whom, ring_seconds, reason)
    local state, ringing, rung = of_test(number, sid)
    if state == 'ringing' and ringing == whom then return { 'ALREADY' } end
    if state == 'missed' then return { 'AWAY' } end
    local absent = away(number)
    if absent then reason = 'absent' end
    if reason ~= '' then
      if state ~= 'dialling' and state ~= 'ringing' then return { 'GONE' } end
      return { miss_probe(number, whom, reason, absent) and 'AWAY' or 'GONE' }
    end
    if string.find(' ' .. rung .. ' ', ' ' .. whom .. ' ', 1, true) then return { 'GONE' } end -- once each
    if state == 'none' then return { 'GONE' } end
    local facts = { 'ringing', whom, 'rung', rung == '' and whom or rung .. ' ' .. whom }
    if not happen_to('probe', 'ring_probe', number, whom, facts) then return { 'GONE' } end
    due('probe', number, NOW + ring_seconds * 1000 + WAY_MS)
    return { 'OK' }
  end

  -- Somebody or something has picked this phone up, and is asked for a key.
  local function pick_up_probe(number, sid, whom)
    local state, ringing = of_test(number, sid)
    if state ~= 'ringing' or ringing ~= whom then return { 'GONE' } end
    redis.call('HSET', key('probe', number), 'picked', whom)
    return { 'OK' }
  end

  -- Whoever picked up has pressed 1: a person. No machine does.
  local function reach_probe(number, sid, whom)
    local state, ringing = of_test(number, sid)
    if ringing ~= whom then return { 'GONE' } end
    if state == 'reached' then return { 'ALREADY' } end
    if not happen_to('probe', 'reach_probe', number, whom, { 'reached', NOW }) then return { 'GONE' } end
    due('probe', number, NOW + ENDING_MS)
    return { 'OK' }
  end

  -- Why this phone was not answered, more exactly than `probe_rang` is told: before it or after it.
  local function learn_probe(number, sid, whom, why)
    local state, _, rung = of_test(number, sid)
    if state ~= 'ringing' and state ~= 'missed' then return { 'GONE' } end
    if not string.find(' ' .. rung .. ' ', ' ' .. whom .. ' ', 1, true) then return { 'GONE' } end
    local told = redis.call('HGET', key('probe', number), 'why_' .. whom)
    if told and not VAGUE[told] then return { 'ALREADY' } end
    redis.call('HSET', key('probe', number), told and 'why_' .. whom or 'learnt_' .. whom, why)
    return { 'OK' }
  end

  -- The ringing of `whom` is over. Answers { word, whom to ring next }: OK a person was there, BACK nobody was.
  local function probe_rang(number, sid, whom, why, next)
    local state, ringing, _, picked = of_test(number, sid)
    if state == 'reached' then return { 'OK', '' } end
    if state == 'missed' then return { 'BACK', '' } end
    if state ~= 'ringing' then return { 'GONE', '' } end
    if ringing ~= whom then return { 'BACK', ringing } end
    local learnt = redis.call('HGET', key('probe', number), 'learnt_' .. whom)
    if learnt and VAGUE[why] then
      why = learnt
    elseif picked == whom then
      why = 'no_key'
    end
    if next == '' then
      miss_probe(number, whom, why)
    elseif not redis.call('HGET', key('probe', number), 'why_' .. whom) then
      redis.call('HSET', key('probe', number), 'why_' .. whom, why)
      due('probe', number, NOW + WAY_MS)
    end
    return { 'BACK', next }
  end

  register('ring_probe', ring_probe)
  register('pick_up_probe', pick_up_probe)
  register('reach_probe', reach_probe)
  register('learn_probe', learn_probe)
  register('probe_rang', probe_rang)
end
