// An invented SDK for the shelf of the unit tests, unlike what any generator makes.

class Resource {
  constructor(client) {
    this.client = client;
  }
}

class Books extends Resource {
  remove({ shelf_id }) {
    return this.client.send("DELETE", `/shelves/${encodeURIComponent(shelf_id)}/books`);
  }

  list({ shelf_id, author, dry, ...query }) {
    if (dry) throw new Error("nothing is sent");
    const sent = new URLSearchParams({ ...query, ...(author ? { written_by: author } : {}) });
    return this.client.send("GET", `/shelves/${encodeURIComponent(shelf_id)}/books?${sent}`);
  }
}

class Client {
  constructor({ baseURL, readerCard }) {
    this.baseURL = baseURL;
    this.headers = { Authorization: `Bearer ${readerCard}` };
    this.books = new Books(this);
  }

  async send(method, path) {
    const answer = await fetch(this.baseURL + path, { method, headers: this.headers });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
}

module.exports = Client;
