require('node:net').Socket.prototype.setKeepAlive = function setKeepAlive() {
  return this;
};
