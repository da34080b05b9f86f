"""Reports: frames ready to show, JSON documents, and workbooks to print and sign."""
