#ifndef MOTCUA_CPROTOBUFC_H
#define MOTCUA_CPROTOBUFC_H

#include <protobuf-c/protobuf-c.h>

/* Swift cannot import an array of unknown length. */
static inline const char *protobuf_c_empty_string_address(void)
{
    return protobuf_c_empty_string;
}

#endif
