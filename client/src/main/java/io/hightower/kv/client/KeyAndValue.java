package io.hightower.kv.client;

import io.hightower.kv.statemachine.Bytes;

/** A key and its value, as a scan finds them. <b>Immutable.</b> */
public record KeyAndValue(Bytes key, Bytes value) {}
