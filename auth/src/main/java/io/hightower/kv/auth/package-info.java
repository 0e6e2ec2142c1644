/** Users, roles, permissions and API keys, and the decision whether a request may proceed. */
@NullMarked
package io.hightower.kv.auth;

import org.jspecify.annotations.NullMarked;
