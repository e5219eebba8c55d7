--[[
What a caller asks to be kept: a sealed call shows nothing of its caller. A chapter of the library that acd.lua begins;
its helpers are used here.
]]

do
  local function seal(sid, operator)
    local c = of_call(sid, 'arrived', 'sealed')
    if not c[1] then return { 'GONE' } end
    if c[2] then return { 'ALREADY' } end
    redis.call('HSET', call_key(sid), 'sealed', operator)
    return { 'OK' }
  end

  local function unseal(sid)
    local c = of_call(sid, 'arrived', 'sealed')
    if not c[1] then return { 'GONE' } end
    if not c[2] then return { 'ALREADY' } end
    redis.call('HDEL', call_key(sid), 'sealed')
    return { 'OK' }
  end

  register('seal', seal)
  register('unseal', unseal)
end
