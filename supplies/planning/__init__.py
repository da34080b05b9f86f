"""From the city's words to problems, and from plans back; the only importer of models."""
