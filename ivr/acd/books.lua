--[[
The books that are kept of every call: its indexes, its figures, how it ended, and the words that were left. The third
chapter of the library that acd.lua begins; its helpers are used here.
]]

local QUARTER_MS = 15 * 60 * 1000

local function index(sid, kind, value, arrived)
  if value == '' then return end
  redis.call('ZADD', key('calls:' .. kind, value), arrived or one(of_call(sid, 'arrived')), sid)
end

-- Names of counts, each before what is added to it; of one name as often as it comes. Many are read and written together.
local function tally(arrived, ...)
  local hour = key('tally', string.format('%d', math.floor(arrived / 3600000)))
  local counts, names, sums = { ... }, {}, {}
  for i = 1, #counts, 2 do
    local name = counts[i]
    if not sums[name] then names[#names + 1] = name end
    sums[name] = (sums[name] or 0) + counts[i + 1]
  end
  if #names == 1 then return redis.call('HINCRBY', hour, names[1], sums[names[1]]) end
  local before, sum = redis.call('HMGET', hour, unpack(names)), {}
  for i, name in ipairs(names) do
    sum[2 * i - 1], sum[2 * i] = name, string.format('%d', (tonumber(before[i]) or 0) + sums[name])
  end
  redis.call('HSET', hour, unpack(sum))
end

-- An operator's part of the talk is over: how long it was is kept beside whose it was. Answers all of them.
local function note_part(sid, operator, until_when)
  local c = of_call(sid, 'with_since', 'operators')
  if not c[1] then return c[2] end
  local part = string.format('%s=%d', operator, until_when - c[1])
  local operators = c[2] and c[2] .. ' ' .. part or part
  redis.call('HSET', call_key(sid), 'operators', operators)
  redis.call('HDEL', call_key(sid), 'with_since')
  return operators
end

-- Wallboards and reports count by quarters of an hour: the names of the counts are those of ivr/formulas.py.
local function quarter_of(arrived) return string.format('q%d:', math.floor(arrived / QUARTER_MS) % 4) end

function tally_quarter(arrived, name, by) tally(arrived, quarter_of(arrived) .. name, by) end

-- An operator who was ready, or busy, since then is so no more: the time goes to the quarters in which it passed.
function note_time(operator, how, since)
  redis.call('HDEL', operator_key(operator), how .. '_since')
  since = tonumber(since)
  while since and since < NOW do
    local ends = math.min(NOW, (math.floor(since / QUARTER_MS) + 1) * QUARTER_MS)
    tally_quarter(since, how .. '_ms', ends - since)
    since = ends
  end
end

local close_the_books
do
  local ANSWERED_WELL_MS = 15000 -- GB/T 33358-2016
  local GAVE_UP = { abandoned_queue = 'abandoned', abandoned_ringing = 'abandoned', abandoned_short = 'short' }

  -- What the call adds to the counts of its quarter. `waited` and `talked` are missing if it never came so far.
  local function count_quarter(counts, arrived, outcome, was_closed, waited, talked)
    local quarter = quarter_of(arrived)
    local function count(name, by) counts[#counts + 1], counts[#counts + 2] = quarter .. name, by end
    count('over', 1)
    if was_closed then count('closed', 1) end
    if waited then count('queued', 1) end
    if talked then
      count('answered', 1)
      count('waited_ms', waited)
      count('talked_ms', talked)
      if waited <= ANSWERED_WELL_MS then count('answered_well', 1) end
    elseif GAVE_UP[outcome] then
      count(GAVE_UP[outcome], 1)
      if GAVE_UP[outcome] == 'abandoned' and waited <= ANSWERED_WELL_MS then count('abandoned_well', 1) end
    end
  end

  -- A call that we made is counted apart: nobody waited on the telephone for it, and the line was not rung.
  local function close_the_books_of_a_back(sid)
    local c = of_call(sid, 'outcome', 'line', 'arrived', 'joined', 'parted', 'operator', 'talk_since',
                      'talked')
    local counts = { 'outcome:' .. c[1], 1, 'line:' .. c[2] .. ':' .. c[1], 1 }
    local function count(name, by) counts[#counts + 1], counts[#counts + 2] = name, by end
    if c[4] then
      local parted = tonumber(c[5]) or NOW
      local talked = (tonumber(c[8]) or 0) + (c[7] and parted - c[7] or 0)
      redis.call('HSET', call_key(sid), 'talked', talked)
      count('callback_talked_ms', talked)
      for who, ms in string.gmatch(note_part(sid, c[6], parted) or '', '(%S+)=(%d+)') do
        count('operator:' .. who .. ':called_back', 1)
        count('operator:' .. who .. ':callback_talked_ms', ms)
      end
    end
    index(sid, 'outcome', c[1], c[3])
    tally(tonumber(c[3]), unpack(counts))
  end

  -- How the call ended and how long each part of it took, once it is over.
  function close_the_books(sid)
    if is_back(sid) then return close_the_books_of_a_back(sid) end
    local c = of_call(sid, 'outcome', 'queued', 'accepted', 'joined', 'parted', 'line', 'operator', 'arrived',
                      'turned_at', 'turned_away', 'talk_since', 'waited', 'talked', 'held', 'rang', 'missed_at', 'operators')
    local outcome, queued, accepted, joined = c[1], tonumber(c[2]), tonumber(c[3]), tonumber(c[4])
    local talk_since = tonumber(c[11])
    local parted, line, operator = tonumber(c[5]) or NOW, c[6], c[7]
    local counts = { 'outcome:' .. outcome, 1, 'line:' .. line .. ':' .. outcome, 1 }
    local function count(name, by) counts[#counts + 1], counts[#counts + 2] = name, by end
    local began = queued or tonumber(c[15]) -- in line, or by the first ring of an official's phone
    local met, stopped = queued and accepted or joined, tonumber(queued and c[9] or c[16] or NOW) or NOW
    local waited = began and (tonumber(c[12]) or 0) + (talk_since and met or stopped) - began
    local talked = joined and (tonumber(c[13]) or 0) + (talk_since and parted - talk_since or 0)
    if began then
      count('waited_ms', waited)
      if joined and waited <= ANSWERED_WELL_MS then count('answered_in_15s', 1) end
    end
    if began or joined then
      redis.call('HSET', call_key(sid), unpack(began and joined and { 'waited', waited, 'talked', talked } or
                                               began and { 'waited', waited } or { 'talked', talked }))
    end
    if joined then
      count('talked_ms', talked)
      if c[14] then count('held_ms', c[14]) end
      -- nobody is with them who hung up in line after a talk
      local operators = operator and note_part(sid, operator, parted) or c[17] or ''
      for who, ms in string.gmatch(operators, '(%S+)=(%d+)') do
        count('operator:' .. who .. ':answered', 1)
        count('operator:' .. who .. ':talked_ms', ms)
      end
    end
    index(sid, 'outcome', outcome, c[8])
    count_quarter(counts, tonumber(c[8]), outcome, c[10] == 'closed', waited, talked)
    tally(tonumber(c[8]), unpack(counts))
  end
end
