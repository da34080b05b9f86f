"""The screens: pages as files, shared parts, texts in two languages."""
