--[[
The codes by which somebody at a telephone shows that a post is theirs to switch: tried so often, and no oftener. A
chapter of the library that acd.lua begins; its helpers are used here.

Who tries is counted, and what is tried: neither many telephones that try one code nor one telephone that tries many
come further than a few. A code is known here by its digest only.
]]

do
  local TRIES_KEPT_MS = 3600 * 1000 -- that a telephone which was wrong too often is not listened to

  local function set_code(line, digest, by)
    redis.call('DEL', key('code', line))
    redis.call('HSET', key('code', line), 'digest', digest, 'by', by, 'since', NOW)
    redis.call('ZREM', key('codes_locked'), line)
    return { 'OK' }
  end

  local function drop_code(line)
    redis.call('ZREM', key('codes_locked'), line)
    return { redis.call('DEL', key('code', line)) == 0 and 'ALREADY' or 'OK' }
  end

  -- One more wrong code for this post. Whether that was one too many.
  local function is_now_locked(line)
    local code = key('code', line)
    if redis.call('HINCRBY', code, 'wrong', 1) < rule('code_tries') then return false end
    local until_when = NOW + seconds('code_lock_seconds')
    redis.call('HSET', code, 'wrong', 0, 'locked_until', until_when)
    redis.call('ZREMRANGEBYSCORE', key('codes_locked'), '-inf', NOW)
    redis.call('ZADD', key('codes_locked'), until_when, line)
    return true
  end

  -- Wrong, of all these posts. Answers { word, the posts that are locked from now on }.
  local function miss(tries, try, lines, is_locked)
    redis.call('HINCRBY', tries, 'wrong', 1)
    local locked = {}
    for _, line in ipairs(lines) do
      if is_now_locked(line) then locked[#locked + 1] = line end
    end
    local word = (is_locked or #locked > 0) and 'LOCKED' or 'NO'
    redis.call('HSET', tries, 'last', try, 'answer', word)
    redis.call('PEXPIRE', tries, TRIES_KEPT_MS)
    return { word, table.concat(locked, ' ') }
  end

  -- Somebody at the telephone `caller` typed what would be this digest of the code of this post, or of one of several.
  -- Answers { word, the post }: OK; NO and LOCKED with the posts that it has just locked. `try` names the one typing:
  -- the carrier may tell of it twice, and is answered alike; what was locked is named once.
  local function try_code(caller, try, ...)
    local tries, given, open, is_locked = key('code_tries', caller), { ... }, {}, false
    local t = redis.call('HMGET', tries, 'wrong', 'last', 'answer')
    if t[2] == try then return { t[3] or 'NO', '' } end
    if (tonumber(t[1]) or 0) >= rule('code_tries') then return { 'LOCKED', '' } end
    for at = 1, #given, 2 do
      local c = redis.call('HMGET', key('code', given[at]), 'digest', 'locked_until')
      if c[1] and (tonumber(c[2]) or 0) > NOW then
        is_locked = true
      elseif c[1] == given[at + 1] then
        redis.call('HDEL', key('code', given[at]), 'wrong')
        return { 'OK', given[at] }
      elseif c[1] then
        open[#open + 1] = given[at]
      end
    end
    return miss(tries, try, open, is_locked)
  end

  register('set_code', set_code)
  register('drop_code', drop_code)
  register('try_code', try_code)
end
